package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Lease that lets one of several replicas work. */
final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static final String LEASE = "certmerge-operator";
  private static final int ATTEMPTS = 5;

  /** How often a replica that waits asks: a Lease that was given back stays unused for so long. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final String namespace;
  private final String identity =
      Optional.ofNullable(System.getenv("POD_NAME"))
          .or(() -> Optional.ofNullable(System.getenv("HOSTNAME")))
          .filter(name -> !name.isBlank())
          .orElseGet(() -> UUID.randomUUID().toString());
  private volatile boolean ending;

  Leadership(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Built so, the SDK goes on working when the Lease is lost: {@link #stopped} sees to that. */
  LeaderElectionConfiguration configuration() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
        .withLeaseNamespace(namespace)
        .withIdentity(identity)
        .withRetryPeriod(ASK_AGAIN)
        .withLeaderCallbacks(new LeaderCallbacks(this::started, this::stopped, leader -> {}))
        .build();
  }

  private void started() {
    LOG.atInfo().addKeyValue("identity", identity).log("this replica leads");
  }

  private void stopped() {
    if (!ending) {
      LOG.atError()
          .addKeyValue("identity", identity)
          .log("this replica lost the Lease; it ends, so that no two work at once");
      System.exit(1);
    }
  }

  /** Says that losing the Lease is from now on as it should be. */
  void end() {
    ending = true;
  }

  /** Gives the Lease back once nothing is being reconciled any more, for others not to wait. */
  void release() {
    try {
      // The election may be renewing the Lease at this very moment, for the last time.
      for (int attempt = 1; attempt <= ATTEMPTS && holdsAfterTrying(); attempt++) {
        LOG.debug("the Lease was renewed meanwhile");
      }
    } catch (KubernetesClientException e) {
      LOG.warn("the Lease could not be given back and has to run out: {}", e.getMessage());
    }
  }

  /** Tries to give the Lease back; whether somebody came in between. */
  private boolean holdsAfterTrying() {
    Lease lease = client.leases().inNamespace(namespace).withName(LEASE).get();
    if (lease == null || !identity.equals(lease.getSpec().getHolderIdentity())) {
      return false;
    }
    lease.getSpec().setHolderIdentity("");
    try {
      client.resource(lease).lockResourceVersion().update();
      LOG.atInfo().addKeyValue("identity", identity).log("this replica gave the Lease back");
      return false;
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT) {
        return true;
      }
      throw e;
    }
  }
}
