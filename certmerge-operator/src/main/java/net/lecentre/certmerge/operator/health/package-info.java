/** What the probes of the operator tell. */
@NullMarked
package net.lecentre.certmerge.operator.health;

import org.jspecify.annotations.NullMarked;
