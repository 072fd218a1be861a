/** What wakes a CertMerge: watches of sources and targets, and who is interested in which. */
@NullMarked
package net.lecentre.certmerge.operator.watch;

import org.jspecify.annotations.NullMarked;
