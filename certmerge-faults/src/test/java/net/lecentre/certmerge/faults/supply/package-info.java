/** What the programs are made of. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.faults.supply;
