/** The reloader: a sidecar that proves what Envoy serves, and acts only where that is outdated. */
@NullMarked
package net.lecentre.certmerge.reloader;

import org.jspecify.annotations.NullMarked;
