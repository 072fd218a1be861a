/** The merged Secret: whose it is, what it shall hold, and how that is written. */
@NullMarked
package net.lecentre.certmerge.operator.targets;

import org.jspecify.annotations.NullMarked;
