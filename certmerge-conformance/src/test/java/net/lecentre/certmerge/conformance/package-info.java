/** Holds certmerge-core to the real consumers of what it accepts and writes. */
@NullMarked
package net.lecentre.certmerge.conformance;

import org.jspecify.annotations.NullMarked;
