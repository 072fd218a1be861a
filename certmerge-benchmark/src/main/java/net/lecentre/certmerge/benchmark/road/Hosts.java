package net.lecentre.certmerge.benchmark.road;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Istiod;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;

/** Many hosts of one gateway, each with a Secret as cert-manager writes it, P-256. */
final class Hosts {
  private static final int SERVERS_A_GATEWAY = 100;

  private final ControlPlane cluster;
  private final TestCa ca = TestCa.create();
  private final int count;
  private final int groups;

  Hosts(ControlPlane cluster, int count) {
    this(cluster, count, 1);
  }

  /** The same in groups: each Secret has a label that says in which it is. */
  Hosts(ControlPlane cluster, int count, int groups) {
    this.cluster = cluster;
    this.count = count;
    this.groups = groups;
  }

  static String host(int number) {
    return "h" + number + ".example.com";
  }

  static String secret(int number) {
    return "cert-" + number;
  }

  int count() {
    return count;
  }

  int group(int number) {
    return number % groups;
  }

  /** A new pair for each of them. */
  List<IssuedPair> issueAll() {
    return IntStream.range(0, count).parallel().mapToObj(this::issue).toList();
  }

  IssuedPair issue(int number) {
    return ca.issue(host(number));
  }

  /** Writes a pair into its Secret; returns when the API server has it. */
  void write(int number, IssuedPair pair) {
    cluster
        .client()
        .resource(
            TestSecrets.tls(
                Istiod.NAMESPACE,
                secret(number),
                pair,
                Map.of("certmerge", "true", "group", "g" + group(number))))
        .forceConflicts()
        .serverSideApply();
  }

  /** Writes all, some at a time. */
  void writeAll(List<IssuedPair> pairs) {
    IntStream.range(0, count).parallel().forEach(number -> write(number, pairs.get(number)));
  }

  /**
   * Has the gateway serve them all.
   *
   * @param tls where a server has its certificate, by its number
   */
  void serve(IntFunction<String> tls) {
    List<String> servers = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      servers.add(
          """
            - port: {number: 443, name: https-%1$d, protocol: HTTPS}
              hosts: [%2$s]
              tls: {mode: SIMPLE, %3$s}
          """
              .formatted(number, host(number), tls.apply(number)));
      if (servers.size() == SERVERS_A_GATEWAY || number == count - 1) {
        cluster.apply(
            """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata:
              name: hosts-%d
            spec:
              selector: {istio: ingressgateway}
              servers:
            %s\
            """
                .formatted(number, String.join("", servers)),
            Istiod.NAMESPACE);
        servers.clear();
      }
    }
  }
}
