/** Measures the whole road between its real neighbours, and Istio alone on the same hosts. */
@NullMarked
package net.lecentre.certmerge.benchmark.road;

import org.jspecify.annotations.NullMarked;
