/** What the outside sees: the status document, the metrics and the HTTP endpoints. */
@NullMarked
package net.lecentre.certmerge.reloader.report;

import org.jspecify.annotations.NullMarked;
