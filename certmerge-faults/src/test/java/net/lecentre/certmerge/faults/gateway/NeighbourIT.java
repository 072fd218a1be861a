package net.lecentre.certmerge.faults.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What another pod gets from a gateway's ports: a network namespace of its own, with a road to the
 * one in which the gateway runs. It needs root, and is skipped where none can be made.
 */
class NeighbourIT {
  private static final String NAMESPACE = "certmerge-neighbour";
  private static final String GATEWAY = "198.18.78.1";
  private static final String NEIGHBOUR = "198.18.78.2";
  private static final String SHOP = "shop.example.com";
  private static final String SHOP_KEY = "shop-tls";

  /** Prints the code and the body of an answer, or why there is none. */
  private static final String ASK =
      """
      import sys, urllib.request, urllib.error
      request = urllib.request.Request(sys.argv[2], method=sys.argv[1])
      try:
          answer = urllib.request.urlopen(request, timeout=10)
          print(answer.status, answer.read().decode())
      except urllib.error.HTTPError as e:
          print(e.code, e.read().decode())
      except OSError as e:
          print(e)
      """;

  /** Sends half of a request on each of many connections, says so, and keeps them open. */
  private static final String HALVES =
      """
      import socket, sys, time
      halves = []
      while True:
          try:
              while len(halves) < 100:
                  half = socket.create_connection((sys.argv[1], int(sys.argv[2])))
                  half.sendall(b"GET /readyz HTTP/1.1\\r\\n")
                  half.setblocking(False)
                  halves.append(half)
              print("open", flush=True)
              for half in list(halves):
                  try:
                      if not half.recv(1):
                          halves.remove(half)
                  except BlockingIOError:
                      pass
                  except OSError:
                      halves.remove(half)
          except OSError:
              pass
          time.sleep(0.1)
      """;

  @TempDir private Path directory;

  private final KubeletMount mount = KubeletMount.create();
  private String serial = "";

  @BeforeEach
  void road() throws Exception {
    IssuedPair pair = TestCa.create().issue(SHOP);
    serial = pair.serial().toString(16);
    boolean ignored =
        mount.project(
            java.util.Map.of(
                SHOP_KEY + ".crt", pair.crtBytes(), SHOP_KEY + ".key", pair.keyBytes()));
    runs("ip", "netns", "delete", NAMESPACE);
    List<List<String>> commands =
        List.of(
            List.of("ip", "netns", "add", NAMESPACE),
            List.of(
                "ip",
                "link",
                "add",
                "cm-gateway",
                "type",
                "veth",
                "peer",
                "name",
                "cm-neighbour",
                "netns",
                NAMESPACE),
            List.of("ip", "address", "add", GATEWAY + "/30", "dev", "cm-gateway"),
            List.of("ip", "link", "set", "cm-gateway", "up"),
            List.of(
                "ip", "-n", NAMESPACE, "address", "add", NEIGHBOUR + "/30", "dev", "cm-neighbour"),
            List.of("ip", "-n", NAMESPACE, "link", "set", "cm-neighbour", "up"));
    for (List<String> command : commands) {
      if (!runs(command.toArray(String[]::new))) {
        abort("no network namespace with a road to this one can be made here: " + command);
      }
    }
  }

  @AfterEach
  void noRoad() throws Exception {
    mount.close();
    // The pair of devices goes with it.
    runs("ip", "netns", "delete", NAMESPACE);
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> fromOutside(String script, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE, "python3", "-c", script));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String ask(String method, int port, String path) {
    try {
      Process process =
          new ProcessBuilder(fromOutside(ASK, method, "http://" + GATEWAY + ":" + port + path))
              .redirectErrorStream(true)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EnvoyProcess envoy() {
    return EnvoyProcess.start(
        EnvoyConfig.of(
            EnvoyConfig.Source.FILE_SDS_WATCHED, Host.in(mount.directory(), SHOP, SHOP_KEY)));
  }

  private ReloaderProcess reloader(EnvoyProcess envoy) {
    ReloaderProcess reloader =
        ReloaderProcess.start(directory, mount.directory(), envoy.adminUri(), envoy.listener());
    reloader.awaitServed(SHOP_KEY, serial);
    return reloader;
  }

  @Test
  void another_pod_may_read_the_reloaders_port_and_do_nothing_there() {
    try (EnvoyProcess envoy = envoy();
        ReloaderProcess reloader = reloader(envoy)) {
      int port = reloader.address().port();

      assertThat(ask("GET", port, "/healthz")).startsWith("200");
      assertThat(ask("GET", port, "/readyz")).startsWith("200");
      assertThat(ask("GET", port, "/metrics")).startsWith("200").contains(SHOP_KEY);
      assertThat(ask("GET", port, "/status"))
          .startsWith("200")
          .contains(SHOP)
          .doesNotContain("PRIVATE");
      for (String path : List.of("/healthz", "/readyz", "/metrics", "/status")) {
        assertThat(ask("POST", port, path)).startsWith("405");
      }
      assertThat(ask("GET", port, "/")).startsWith("404");
      assertThat(envoy.isLive()).isTrue();
    }
  }

  @Test
  void another_pod_does_not_reach_the_admin_port_of_envoy() throws IOException {
    try (EnvoyProcess envoy = envoy()) {
      assertThat(ask("GET", envoy.adminUri().getPort(), "/certs")).contains("refused");
      assertThat(ask("POST", envoy.adminUri().getPort(), "/quitquitquit")).contains("refused");
      assertThat(envoy.isLive()).isTrue();
    }
    // The configuration that is shipped has it on the same address.
    assertThat(Files.readString(Path.of("..", "deploy", "envoy", "envoy.yaml")))
        .containsPattern("admin:[^{]*socket_address: \\{address: 127.0.0.1,");
  }

  @Test
  void another_pod_that_never_ends_its_requests_costs_the_gateway_no_readiness() throws Exception {
    try (EnvoyProcess envoy = envoy();
        ReloaderProcess reloader = reloader(envoy);
        ChildProcess neighbour =
            ChildProcess.start(
                "neighbour",
                fromOutside(HALVES, GATEWAY, Integer.toString(reloader.address().port())),
                java.util.Map.of(),
                directory.resolve("neighbour.log"))) {
      ReloaderProcess.eventually(() -> assertThat(neighbour.log()).contains("open"));

      for (int i = 0; i < 10; i++) {
        assertThat(reloader.get("/readyz")).isEqualTo("ok\n");
      }
      assertThat(neighbour.isAlive()).isTrue();
    }
  }
}
