package net.lecentre.certmerge.reloader.lease;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Lease that replicas take turns by.
 *
 * @param namespace its namespace; null for the one that the Kubernetes client is configured with
 * @param name its name
 * @param identity who asks: the same for every reloader of one Envoy, and nobody else's
 * @param duration how long a holder that no longer renews it still has it
 * @param renewDeadline how long a holder tries to renew it before it takes it for lost
 * @param retry how often it is renewed, or asked for
 */
public record LeaseSettings(
    @Nullable String namespace,
    String name,
    String identity,
    Duration duration,
    Duration renewDeadline,
    Duration retry) {
  /** A pod's name has none. */
  private static final String SEPARATOR = "_";

  /**
   * The Lease of this name, asked for from this place.
   *
   * @param lease {@code name} or {@code namespace/name}
   * @param admin the address of the Envoy that would be restarted
   * @param environment where {@code POD_NAME} and {@code POD_NAMESPACE} are
   * @param host the host's name, which in a pod is the pod's
   * @throws IllegalArgumentException when that is no name
   */
  public static LeaseSettings of(
      String lease, String admin, Map<String, String> environment, String host) {
    int slash = lease.indexOf('/');
    String name = lease.substring(slash + 1);
    if (name.isBlank() || name.contains("/") || slash == 0) {
      throw new IllegalArgumentException("'" + lease + "' is neither name nor namespace/name");
    }
    String pod = environment.getOrDefault("POD_NAME", "");
    return new LeaseSettings(
        slash > 0 ? lease.substring(0, slash) : environment.get("POD_NAMESPACE"),
        name,
        (pod.isBlank() ? host : pod) + SEPARATOR + admin,
        Duration.ofSeconds(30),
        Duration.ofSeconds(20),
        Duration.ofSeconds(1));
  }

  /** The name of the pod that a holder belongs to. */
  static String podOf(String identity) {
    int end = identity.indexOf(SEPARATOR);
    return end < 0 ? identity : identity.substring(0, end);
  }
}
