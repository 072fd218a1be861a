/** From what a CertMerge asks for to what its sources offer. */
@NullMarked
package net.lecentre.certmerge.operator.source;

import org.jspecify.annotations.NullMarked;
