/** How log records look, and what never gets into one. */
@NullMarked
package net.lecentre.certmerge.operator.logs;

import org.jspecify.annotations.NullMarked;
