/** What would be done about CertMerges, said without doing it. */
@NullMarked
package net.lecentre.certmerge.operator.plan;

import org.jspecify.annotations.NullMarked;
