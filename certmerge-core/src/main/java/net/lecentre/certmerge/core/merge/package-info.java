/** Decides, from what the sources offer and what the target holds, what the target shall hold. */
@NullMarked
package net.lecentre.certmerge.core.merge;

import org.jspecify.annotations.NullMarked;
