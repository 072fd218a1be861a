/** Decides whether a certificate and its key can be served, and says why when they cannot. */
@NullMarked
package net.lecentre.certmerge.core.inspect;

import org.jspecify.annotations.NullMarked;
