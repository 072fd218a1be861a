/** The whole road, as separate processes: what a user starts and sees. */
@NullMarked
package net.lecentre.certmerge.e2e;

import org.jspecify.annotations.NullMarked;
