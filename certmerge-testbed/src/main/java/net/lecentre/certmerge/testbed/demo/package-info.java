/** The demo: the whole road on real parts, told as it happens. */
@NullMarked
package net.lecentre.certmerge.testbed.demo;

import org.jspecify.annotations.NullMarked;
