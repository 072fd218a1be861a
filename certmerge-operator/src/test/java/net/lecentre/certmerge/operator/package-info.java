/** Tests on a real control plane. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.operator;
