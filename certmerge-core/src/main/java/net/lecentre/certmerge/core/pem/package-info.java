/** Reads and writes PEM text (RFC 7468), no more leniently than BoringSSL does. */
@NullMarked
package net.lecentre.certmerge.core.pem;

import org.jspecify.annotations.NullMarked;
