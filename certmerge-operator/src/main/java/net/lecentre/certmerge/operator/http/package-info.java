/** Probes, metrics and the status page. */
@NullMarked
package net.lecentre.certmerge.operator.http;

import org.jspecify.annotations.NullMarked;
