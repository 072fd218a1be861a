/** The merged Secret: whose it is, what it shall hold, and how that is written. */
@NullMarked
package net.lecentre.certmerge.operator.target;

import org.jspecify.annotations.NullMarked;
