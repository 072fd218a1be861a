/** What people see at a terminal, and programs do not: colours, and how far long work is. */
@NullMarked
package net.lecentre.certmerge.operator.terminal;

import org.jspecify.annotations.NullMarked;
