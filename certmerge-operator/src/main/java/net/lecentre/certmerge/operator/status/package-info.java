/** What a CertMerge's status and events say. */
@NullMarked
package net.lecentre.certmerge.operator.status;

import org.jspecify.annotations.NullMarked;
