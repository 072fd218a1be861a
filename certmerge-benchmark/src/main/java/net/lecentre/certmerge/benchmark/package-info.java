/** Measures certmerge-core next to others that read pairs. */
@NullMarked
package net.lecentre.certmerge.benchmark;

import org.jspecify.annotations.NullMarked;
