/** The operator: wiring, the command line, and the reconciler that ties the parts together. */
@NullMarked
package net.lecentre.certmerge.operator;

import org.jspecify.annotations.NullMarked;
