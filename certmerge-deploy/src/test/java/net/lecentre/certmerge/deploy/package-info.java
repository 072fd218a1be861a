/** Holds what {@code deploy/} ships to the real programs that read it. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.deploy;
