/** Renewals through a real kubelet. */
@NullMarked
package net.lecentre.certmerge.benchmark.node;

import org.jspecify.annotations.NullMarked;
