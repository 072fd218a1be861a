package net.lecentre.certmerge.testbed.demo;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** When each certificate came into the Secrets of a namespace, as a watch of them sees it. */
final class Arrivals implements AutoCloseable {
  private final Map<String, Arrival> latest = new ConcurrentHashMap<>();
  private final SharedIndexInformer<Secret> informer;

  /**
   * The latest certificate of a place.
   *
   * @param serial its serial number
   * @param nanos when it was first seen, by {@link System#nanoTime}
   */
  record Arrival(BigInteger serial, long nanos) {}

  Arrivals(KubernetesClient client, String namespace) {
    this.informer =
        client
            .secrets()
            .inNamespace(namespace)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Secret secret) {
                    note(secret);
                  }

                  @Override
                  public void onUpdate(Secret before, Secret secret) {
                    note(secret);
                  }

                  @Override
                  public void onDelete(Secret secret, boolean finalStateUnknown) {
                    // What was seen stays seen.
                  }
                });
  }

  private void note(Secret secret) {
    long now = System.nanoTime();
    if (secret.getData() == null) {
      return;
    }
    secret
        .getData()
        .forEach(
            (file, content) -> {
              if (file.endsWith(".crt") && !content.isEmpty()) {
                BigInteger serial = Pem.leaf(Base64.getDecoder().decode(content)).getSerialNumber();
                latest.compute(
                    place(secret.getMetadata().getName(), file),
                    (place, before) ->
                        before != null && before.serial().equals(serial)
                            ? before
                            : new Arrival(serial, now));
              }
            });
  }

  /** The latest certificate in a file of a Secret; empty as long as there is none. */
  Optional<Arrival> latest(String secret, String file) {
    return Optional.ofNullable(latest.get(place(secret, file)));
  }

  private static String place(String secret, String file) {
    return secret + "/" + file;
  }

  @Override
  public void close() {
    informer.close();
  }
}
