package net.lecentre.certmerge.faults.gateway;

import static net.lecentre.certmerge.faults.gateway.ReloaderProcess.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TlsClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All certificates of a gateway renewed every second, for longer than anybody would. */
class RotationsIT {
  private static final int HOSTS = Stage.isLong() ? 300 : 30;
  private static final int ROTATIONS = Integer.getInteger("certmerge.rotations", rotations());

  @TempDir private Path directory;

  /** So many are issued beforehand and taken in turn: issuing takes more than all the rest. */
  private static final int SETS = 20;

  private final TestCa ca = TestCa.create();

  /**
   * A pair for each host.
   *
   * @param files what the mount holds
   * @param serials by key
   */
  private record CertificateSet(Map<String, byte[]> files, Map<String, String> serials) {}

  private volatile Map<String, String> serials = Map.of();

  private static int rotations() {
    return Stage.isLong() ? (int) Duration.ofMinutes(10).toSeconds() : 5;
  }

  private static String key(int host) {
    return "host-" + host;
  }

  private static String name(int host) {
    return key(host) + ".example.com";
  }

  private CertificateSet issue() {
    Map<String, byte[]> files = new HashMap<>();
    Map<String, String> serialsOfSet = new HashMap<>();
    for (int i = 0; i < HOSTS; i++) {
      IssuedPair pair = ca.issue(name(i));
      files.put(key(i) + ".crt", pair.crtBytes());
      files.put(key(i) + ".key", pair.keyBytes());
      serialsOfSet.put(key(i), pair.serial().toString(16));
    }
    return new CertificateSet(files, serialsOfSet);
  }

  private void rotate(KubeletMount mount, CertificateSet next) {
    boolean ignored = mount.project(next.files());
    serials = next.serials();
  }

  @Test
  void certificates_that_are_all_renewed_every_second_are_never_taken_for_broken_and_all_served()
      throws Exception {
    try (KubeletMount mount = KubeletMount.create()) {
      rotate(mount, issue());
      List<CertificateSet> sets = Stream.generate(this::issue).limit(SETS).toList();
      // What is served in the end was never on disk before.
      CertificateSet last = issue();
      Host[] hosts =
          IntStream.range(0, HOSTS)
              .mapToObj(i -> Host.in(mount.directory(), name(i), key(i)))
              .toArray(Host[]::new);
      try (EnvoyProcess envoy =
              EnvoyProcess.start(EnvoyConfig.of(EnvoyConfig.Source.FILE_SDS_WATCHED, hosts));
          ReloaderProcess reloader =
              ReloaderProcess.start(
                  directory, mount.directory(), envoy.adminUri(), envoy.listener())) {
        eventuallyAllServed(reloader);
        System.out.printf("%d hosts, reloader of %d MiB%n", HOSTS, reloader.residentMib());

        Instant start = Instant.now();
        int invalid = rotateEverySecond(mount, sets, last, reloader);

        long seconds = Duration.between(start, Instant.now()).toSeconds();
        assertThat(invalid).as(reloader.log()).isZero();
        eventuallyAllServed(reloader);
        for (int i = 0; i < HOSTS; i++) {
          assertThat(onTheWire(envoy, name(i))).isEqualTo(serials.get(key(i)));
        }
        assertThat(envoy.restarts()).as(reloader.log()).isZero();
        System.out.printf(
            "after %d rotations in %d s %d MiB%n", ROTATIONS, seconds, reloader.residentMib());
      }
    }
  }

  /** How many answers of the reloader called files broken. */
  private int rotateEverySecond(
      KubeletMount mount, List<CertificateSet> sets, CertificateSet last, ReloaderProcess reloader)
      throws Exception {
    int invalid = 0;
    CountDownLatch left = new CountDownLatch(ROTATIONS);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try {
      var rotating =
          clock.scheduleAtFixedRate(
              () -> {
                int still = (int) left.getCount();
                if (still > 0) {
                  rotate(mount, still == 1 ? last : sets.get(still % SETS));
                  left.countDown();
                }
              },
              0,
              1,
              TimeUnit.SECONDS);
      while (left.getCount() > 0 && !rotating.isDone()) {
        if (reloader.get("/status").contains("\"Invalid\"")) {
          invalid++;
        }
        boolean ignored = left.await(500, TimeUnit.MILLISECONDS);
      }
      assertThat(left.getCount()).as("rotations left").isZero();
    } finally {
      clock.shutdown();
      assertThat(clock.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
    return invalid;
  }

  private void eventuallyAllServed(ReloaderProcess reloader) {
    eventually(
        () -> {
          Map<String, String> served = new HashMap<>();
          for (JsonNode key : reloader.keys()) {
            if (key.path("state").asText().equals("Served")) {
              served.put(key.path("key").asText(), key.at("/served/serial").asText());
            }
          }
          assertThat(served).isEqualTo(serials);
        });
  }

  private static String onTheWire(EnvoyProcess envoy, String host) {
    return TlsClient.handshake(envoy.listener(), host) instanceof TlsClient.Served served
        ? served.leaf().getSerialNumber().toString(16)
        : "";
  }
}
