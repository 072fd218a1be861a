/** Faults of the cluster: what the operator writes while the API server and others misbehave. */
@org.jspecify.annotations.NullMarked
package net.lecentre.certmerge.faults.cluster;
