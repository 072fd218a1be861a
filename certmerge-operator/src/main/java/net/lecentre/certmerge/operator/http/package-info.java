/** Probes and metrics. */
@NullMarked
package net.lecentre.certmerge.operator.http;

import org.jspecify.annotations.NullMarked;
