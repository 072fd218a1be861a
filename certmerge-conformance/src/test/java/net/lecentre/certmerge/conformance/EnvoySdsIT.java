package net.lecentre.certmerge.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import net.lecentre.certmerge.core.format.EnvoySds;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KeyAlgorithm;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TlsClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The files for Envoy's file SDS, in a real Envoy, mounted as the kubelet mounts them. */
class EnvoySdsIT {
  private static final String HOST = "a.example.com";
  private static final int ROTATIONS = 10;
  private static final int HANDSHAKES_EACH = 50;

  private final TestCa ca = TestCa.create();
  private final KubeletMount mount = KubeletMount.create();

  @AfterEach
  void close() {
    mount.close();
  }

  @Test
  void envoy_serves_each_host_its_own_chain() {
    Map<String, IssuedPair> pairs =
        Map.of(
            "rsa.example.com",
            ca.intermediate()
                .issue(Request.forHosts("rsa.example.com").algorithm(KeyAlgorithm.RSA_2048)),
            "p256.example.com",
            ca.intermediate().issue("p256.example.com"),
            "ed25519.example.com",
            ca.issue(Request.forHosts("ed25519.example.com").algorithm(KeyAlgorithm.ED25519)));
    mount(pairs);

    try (EnvoyProcess envoy = envoy(pairs)) {
      assertThat(pairs)
          .allSatisfy(
              (host, pair) ->
                  assertThat(TlsClient.handshake(envoy.listener(), host))
                      .isEqualTo(new TlsClient.Served(pair.chain())));
    }
  }

  @Test
  void rotating_ten_times_under_new_connections_loses_none() {
    IssuedPair last = ca.intermediate().issue(HOST);
    mount(Map.of(HOST, last));
    try (EnvoyProcess envoy = envoy(Map.of(HOST, last));
        Connections connections = new Connections(envoy.listener())) {
      for (int rotation = 1; rotation <= ROTATIONS; rotation++) {
        last = ca.intermediate().issue(Request.forHosts(HOST).algorithm(algorithm(rotation)));
        mount(Map.of(HOST, last));

        X509Certificate leaf = last.leaf();
        await()
            .atMost(30, SECONDS)
            .failFast(() -> assertThat(connections.failed).isEmpty())
            .until(() -> connections.served(leaf) >= HANDSHAKES_EACH);
      }
      connections.end();

      assertThat(connections.failed).isEmpty();
      assertThat(connections.served).hasSize(ROTATIONS + 1);
      assertThat(connections.total()).isGreaterThanOrEqualTo(ROTATIONS * HANDSHAKES_EACH);
      assertThat(TlsClient.handshake(envoy.listener(), HOST))
          .isEqualTo(new TlsClient.Served(last.chain()));
      assertThat(envoy.restarts()).isZero();
    }
  }

  private static KeyAlgorithm algorithm(int rotation) {
    return rotation % 2 == 0 ? KeyAlgorithm.P_256 : KeyAlgorithm.RSA_2048;
  }

  private void mount(Map<String, IssuedPair> pairs) {
    Map<String, byte[]> files = new TreeMap<>();
    pairs.forEach(
        (key, pair) ->
            files.putAll(EnvoySds.files(key, Core.accept(pair), mount.directory().toString())));
    mount.project(files);
  }

  private EnvoyProcess envoy(Map<String, IssuedPair> pairs) {
    return EnvoyProcess.start(
        EnvoyConfig.of(
            EnvoyConfig.Source.MOUNTED_SDS,
            pairs.keySet().stream()
                .map(host -> EnvoyConfig.Host.in(mount.directory(), host, host))
                .toArray(EnvoyConfig.Host[]::new)));
  }

  /** New connections, one after another on each of a few threads, and what became of them. */
  private static final class Connections implements AutoCloseable {
    private final Map<X509Certificate, Integer> served = new ConcurrentHashMap<>();
    private final Queue<TlsClient.Failed> failed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Connections(HostPort listener) {
      for (int i = 0; i < 4; i++) {
        Thread thread = new Thread(() -> connect(listener), "connections-" + i);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
    }

    private void connect(HostPort listener) {
      while (!ended.get()) {
        TlsClient.Handshake handshake = TlsClient.handshake(listener, HOST);
        if (handshake instanceof TlsClient.Served it) {
          served.merge(it.leaf(), 1, Integer::sum);
        } else if (handshake instanceof TlsClient.Failed it) {
          failed.add(it);
        }
      }
    }

    int served(X509Certificate leaf) {
      return served.getOrDefault(leaf, 0);
    }

    int total() {
      return served.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns when the last connection is done. */
    void end() {
      ended.set(true);
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public void close() {
      end();
    }
  }
}
