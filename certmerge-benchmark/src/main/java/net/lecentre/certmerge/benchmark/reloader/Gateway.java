package net.lecentre.certmerge.benchmark.reloader;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KeyAlgorithm;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;

/** A real Envoy with a mount of many certificates, half RSA 2048, half P-256. */
final class Gateway implements AutoCloseable {
  /** What the kubelet takes for starting a container again, the first time. */
  static final Duration RESTART = Duration.ofSeconds(1);

  private final TestCa ca;
  private final Map<String, byte[]> files = new HashMap<>();
  private final KubeletMount mount = KubeletMount.create();
  private final Source source;
  private final int certificates;
  private final EnvoyProcess envoy;

  Gateway(Source source, int certificates) {
    this(TestCa.create(), source, certificates, Map.of());
  }

  private Gateway(TestCa ca, Source source, int certificates, Map<String, byte[]> given) {
    this.ca = ca;
    this.source = source;
    this.certificates = certificates;
    files.putAll(given);
    List<Host> hosts = new ArrayList<>();
    for (int number = 0; number < certificates; number++) {
      if (given.isEmpty()) {
        issue(number);
      }
      hosts.add(Host.in(mount.directory(), host(number), name(number)));
    }
    mount.project(files);
    envoy = EnvoyProcess.start(new EnvoyConfig(hosts, source, RESTART));
  }

  private static String name(int number) {
    return "host-%03d".formatted(number);
  }

  private IssuedPair issue(int number) {
    KeyAlgorithm algorithm = number % 2 == 0 ? KeyAlgorithm.P_256 : KeyAlgorithm.RSA_2048;
    IssuedPair pair = ca.issue(Request.forHosts(host(number)).algorithm(algorithm));
    files.put(name(number) + ".crt", pair.crtBytes());
    files.put(name(number) + ".key", pair.keyBytes());
    return pair;
  }

  /** What the reloader is started with. */
  List<String> arguments() {
    return List.of(
        "--watch=" + mount.directory(),
        "--envoy-admin=" + envoy.adminUri(),
        "--probe=" + envoy.listener());
  }

  /** Another one with the same certificates, on a mount of its own. */
  Gateway replica() {
    return new Gateway(ca, source, certificates, files);
  }

  TestCa ca() {
    return ca;
  }

  static String host(int number) {
    return name(number) + ".example.com";
  }

  EnvoyProcess envoy() {
    return envoy;
  }

  /** Puts on disk what is on the disk of another one. */
  void follow(Gateway other) {
    files.putAll(other.files);
    mount.project(files);
  }

  /** Puts a renewed certificate on disk; returns its serial. */
  String renew(int number) {
    String serial = issue(number).serial().toString(16);
    mount.project(files);
    return serial;
  }

  boolean servesAll(JsonNode status) {
    return status.path("keys").size() == certificates
        && keys(status).allMatch(key -> key.path("state").asText().equals("Served"));
  }

  static boolean servesAny(JsonNode status) {
    return keys(status).anyMatch(key -> key.path("state").asText().equals("Served"));
  }

  boolean serves(JsonNode status, int number, String serial) {
    return keys(status)
        .anyMatch(
            key ->
                key.path("key").asText().equals(name(number))
                    && key.path("state").asText().equals("Served")
                    && key.path("disk").path("serial").asText().equals(serial));
  }

  private static Stream<JsonNode> keys(JsonNode status) {
    return StreamSupport.stream(status.path("keys").spliterator(), false);
  }

  @Override
  public void close() {
    envoy.close();
    mount.close();
  }
}
