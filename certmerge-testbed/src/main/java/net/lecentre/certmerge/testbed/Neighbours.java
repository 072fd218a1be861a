package net.lecentre.certmerge.testbed;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * Where the real neighbours on the road are: who issues certificates, and who serves them. {@code
 * certmerge-testbed/provision --neighbours} puts them there.
 *
 * @param pebble the ACME server, pebble
 * @param challengeServer pebble's server for answers to challenges, and for names
 * @param certManager cert-manager's controller
 * @param istiod Istio's control plane, pilot-discovery
 * @param pilotAgent Istio's agent beside Envoy
 * @param olderPilotAgent one of a release that misses later rotations of mounted files
 */
record Neighbours(
    Path pebble,
    Path challengeServer,
    Path certManager,
    Path istiod,
    Path pilotAgent,
    Path olderPilotAgent) {

  /**
   * Looks in the cache that {@code provision --neighbours} fills.
   *
   * @throws IllegalStateException if one is missing; the message says how to get it
   */
  static Neighbours find() {
    return find(System.getenv(), Parts.pinned());
  }

  static Neighbours find(Map<String, String> environment, Properties versions) {
    try {
      return new Neighbours(
          Parts.cached("pebble", versions.getProperty("PEBBLE_VERSION"), environment),
          Parts.cached("pebble-challtestsrv", versions.getProperty("PEBBLE_VERSION"), environment),
          Parts.cached("cert-manager", versions.getProperty("CERT_MANAGER_VERSION"), environment),
          Parts.cached("pilot-discovery", versions.getProperty("ISTIO_VERSION"), environment),
          Parts.cached("pilot-agent", versions.getProperty("ISTIO_VERSION"), environment),
          Parts.cached(
              "older-pilot-agent", versions.getProperty("OLDER_ISTIO_VERSION"), environment));
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          e.getMessage() + "; the neighbours come with its option --neighbours", e);
    }
  }

  /** cert-manager's CustomResourceDefinitions. */
  Path certManagerKinds() {
    return certManager.resolveSibling("crds.yaml");
  }

  /** Istio's CustomResourceDefinitions. */
  Path istioKinds() {
    return istiod.resolveSibling("crds.yaml");
  }
}
