/** Envoy's admin interface. */
@NullMarked
package net.lecentre.certmerge.reloader.envoy;

import org.jspecify.annotations.NullMarked;
