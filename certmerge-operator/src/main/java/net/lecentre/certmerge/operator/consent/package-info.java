/** Who lets a CertMerge read or write outside its own namespace. */
@NullMarked
package net.lecentre.certmerge.operator.consent;

import org.jspecify.annotations.NullMarked;
