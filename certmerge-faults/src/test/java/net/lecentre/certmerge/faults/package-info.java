/**
 * A stage for faults: an operator behind a proxy, and every version of every Secret written down.
 */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.faults;
