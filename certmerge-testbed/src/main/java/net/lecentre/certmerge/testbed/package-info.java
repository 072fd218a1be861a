/**
 * Real parts to test with: a control plane, Envoy, a directory that is swapped as the kubelet does
 * it, a CA, and a TLS client that tells what is served.
 */
@NullMarked
package net.lecentre.certmerge.testbed;

import org.jspecify.annotations.NullMarked;
