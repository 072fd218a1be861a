package net.lecentre.certmerge.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.HostPort;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** The shipped operator, as a process that can be killed, paused and started again. */
public final class OperatorProcess implements AutoCloseable {
  private static final Path JAR =
      Path.of("..", "certmerge-operator", "target", "certmerge-operator.jar").toAbsolutePath();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final int MOST_STARTS = 5;

  private final HostPort address = HostPort.free();
  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private ChildProcess child;

  private OperatorProcess(
      String name,
      List<String> under,
      List<String> ofTheJvm,
      Path kubeconfig,
      Path directory,
      List<String> flags) {
    this.name = name;
    this.command = new ArrayList<>(under);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ofTheJvm);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-jar",
            JAR.toString(),
            "--port=" + address.port()));
    command.addAll(flags);
    this.environment =
        Map.of(
            "KUBECONFIG", kubeconfig.toString(), "POD_NAMESPACE", "cert-merge", "HOSTNAME", name);
    this.log = directory.resolve(name + ".log");
    this.child = launch();
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param name its own, in Leases
   * @param kubeconfig how it asks the API server
   * @param directory where it logs
   */
  public static OperatorProcess start(
      String name, Path kubeconfig, Path directory, String... flags) {
    return start(
        new OperatorProcess(name, List.of(), List.of(), kubeconfig, directory, List.of(flags)));
  }

  /** The same with so much heap and no more. */
  public static OperatorProcess startWithHeap(
      String name, int mib, Path kubeconfig, Path directory, String... flags) {
    List<String> heap = List.of("-Xmx%dm".formatted(mib));
    return start(new OperatorProcess(name, List.of(), heap, kubeconfig, directory, List.of(flags)));
  }

  /**
   * The same with a full disk for standard output and error: {@code /dev/full} refuses every byte.
   */
  public static OperatorProcess startWithoutRoomForLogs(
      String name, Path kubeconfig, Path directory, String... flags) {
    List<String> under = List.of("/bin/sh", "-c", "exec \"$@\" >/dev/full 2>&1", name);
    return start(
        new OperatorProcess(name, under, List.of(), kubeconfig, directory, List.of(flags)));
  }

  private static OperatorProcess start(OperatorProcess operator) {
    try {
      operator.awaitReady();
      return operator;
    } catch (RuntimeException | Error e) {
      operator.close();
      throw e;
    }
  }

  private ChildProcess launch() {
    return ChildProcess.start(name, command, environment, log);
  }

  /** Waits until it says that it is ready. */
  public void awaitReady() {
    try {
      Awaitility.await("the operator is ready")
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(50))
          .failFast("the operator ended", () -> !child.isAlive())
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> get("/readyz").statusCode() == 200);
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      throw new AssertionError(e.getMessage() + ":\n" + log(), e);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .timeout(Duration.ofSeconds(5))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return child.isAlive();
  }

  /** Its metrics. */
  public String metrics() throws IOException, InterruptedException {
    return get("/metrics").body();
  }

  /** Ends it by SIGKILL, without a chance to do anything more. */
  public void kill() {
    child.kill();
  }

  /** Tells it to end, as the kubelet does, and waits for that. */
  public void stop() {
    child.close();
  }

  /**
   * Starts it again after its end, as the kubelet does also when it ends because it does not reach
   * the API server, and waits until it is ready.
   */
  public void again() {
    for (int left = MOST_STARTS; ; left--) {
      child = launch();
      try {
        awaitReady();
        return;
      } catch (AssertionError e) {
        if (left == 1 || child.isAlive()) {
          throw e;
        }
      }
    }
  }

  /** Stops it where it is until {@link #resume}. */
  public void pause() {
    child.signal("STOP");
  }

  /** Lets it go on. */
  public void resume() {
    child.signal("CONT");
  }

  /** What it logged so far. */
  public String log() {
    return child.log();
  }

  @Override
  public void close() {
    child.close();
  }
}
