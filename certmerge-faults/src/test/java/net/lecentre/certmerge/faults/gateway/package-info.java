/** Faults of a gateway, beside the shipped reloader. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.faults.gateway;
