/** The policy: pure functions from what was observed to what is to be done. */
@NullMarked
package net.lecentre.certmerge.reloader.decide;

import org.jspecify.annotations.NullMarked;
