/** What the operator tells Prometheus. */
@NullMarked
package net.lecentre.certmerge.operator.metrics;

import org.jspecify.annotations.NullMarked;
