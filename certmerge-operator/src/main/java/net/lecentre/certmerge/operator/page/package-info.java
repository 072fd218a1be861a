/** What {@code /status} shows: every CertMerge and its sources, for people and for programs. */
@NullMarked
package net.lecentre.certmerge.operator.page;

import org.jspecify.annotations.NullMarked;
