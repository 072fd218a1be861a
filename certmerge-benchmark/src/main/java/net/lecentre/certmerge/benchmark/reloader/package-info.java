/** Measures the shipped reloader beside a real Envoy. */
@NullMarked
package net.lecentre.certmerge.benchmark.reloader;

import org.jspecify.annotations.NullMarked;
