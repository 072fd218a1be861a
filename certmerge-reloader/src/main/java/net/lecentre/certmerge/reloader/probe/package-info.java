/** What a TLS client is shown by the gateway's listeners. */
@NullMarked
package net.lecentre.certmerge.reloader.probe;

import org.jspecify.annotations.NullMarked;
