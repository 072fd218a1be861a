/** What the flags of all commands have in common. */
@NullMarked
package net.lecentre.certmerge.operator.flags;

import org.jspecify.annotations.NullMarked;
