/** From what a CertMerge asks for to what its sources offer. */
@NullMarked
package net.lecentre.certmerge.operator.sources;

import org.jspecify.annotations.NullMarked;
