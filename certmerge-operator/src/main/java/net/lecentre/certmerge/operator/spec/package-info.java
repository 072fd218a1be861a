/** What a CertMerge asks for, checked and in the operator's own terms. */
@NullMarked
package net.lecentre.certmerge.operator.spec;

import org.jspecify.annotations.NullMarked;
