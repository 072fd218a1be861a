/** The guarded restart of Envoy, and what is remembered of it. */
@NullMarked
package net.lecentre.certmerge.reloader.restart;

import org.jspecify.annotations.NullMarked;
