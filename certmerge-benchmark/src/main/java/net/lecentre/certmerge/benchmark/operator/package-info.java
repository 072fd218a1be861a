/** Measures the shipped operator on a real control plane. */
@NullMarked
package net.lecentre.certmerge.benchmark.operator;

import org.jspecify.annotations.NullMarked;
