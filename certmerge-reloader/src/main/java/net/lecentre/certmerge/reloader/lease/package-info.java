/** Replicas of a gateway take turns: never two of them are restarted at once. */
@NullMarked
package net.lecentre.certmerge.reloader.lease;

import org.jspecify.annotations.NullMarked;
