package net.lecentre.certmerge.testbed;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The real Envoy, serving TLS on one loopback port; each host answers every request with 200 and
 * its own name. It is supervised like a container: whenever it exits it is started again.
 */
public final class EnvoyProcess implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  private final TempDirectory directory;
  private final Path envoy;
  private final Path bootstrap;
  private final HostPort admin;
  private final HostPort listener;
  private final Duration restartDelay;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final CountDownLatch closing = new CountDownLatch(1);

  private ChildProcess child;
  private int restarts;
  private int listenerVersion;

  private EnvoyProcess(Parts parts, EnvoyConfig config, TempDirectory directory) {
    this.directory = directory;
    this.envoy = parts.envoy();
    this.restartDelay = config.restartDelay();
    this.admin = HostPort.free();
    this.listener = HostPort.free();
    this.bootstrap = EnvoyBootstrap.write(directory.path(), config, admin, listener);
    this.child = launch();
  }

  /**
   * Starts Envoy and waits until it says that it is live. That proves nothing about its
   * certificates.
   *
   * @throws IllegalStateException if Envoy is not installed, or ends or hangs while starting; with
   *     its last log lines
   */
  public static EnvoyProcess start(EnvoyConfig config) {
    Parts parts = Parts.find();
    return Starting.withFreshPorts(
        () -> new EnvoyProcess(parts, config, TempDirectory.create("envoy")).started());
  }

  private EnvoyProcess started() {
    try {
      Starting.await(current(), "starting", START_TIMEOUT, this::whyNotLive);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    Thread supervisor = new Thread(this::supervise, "envoy-supervisor");
    supervisor.setDaemon(true);
    supervisor.start();
    return this;
  }

  private void supervise() {
    try {
      do {
        current().onExit().join();
      } while (!closing.await(restartDelay.toMillis(), TimeUnit.MILLISECONDS) && restart());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean restart() {
    if (closing.getCount() == 0 || JvmEnd.hasBegun()) {
      return false;
    }
    child = launch();
    restarts++;
    return true;
  }

  private synchronized ChildProcess current() {
    return child;
  }

  private ChildProcess launch() {
    return launch(envoy, bootstrap, directory.path());
  }

  /** Starts Envoy with a bootstrap file; it logs into the directory. */
  static ChildProcess launch(Path envoy, Path bootstrap, Path directory) {
    return ChildProcess.start(
        "envoy",
        List.of(
            envoy.toString(),
            "--config-path",
            bootstrap.toString(),
            "--concurrency",
            "1",
            "--use-dynamic-base-id",
            "--disable-hot-restart"),
        Map.of(),
        directory.resolve("envoy.log"));
  }

  /**
   * Has the listener of {@link EnvoyConfig.Source#FILE_LDS} made anew, as a control plane does that
   * changes its metadata: certificate files are read again, and no connection is refused.
   */
  public synchronized void makeListenerAnew() {
    EnvoyBootstrap.changeListener(directory.path(), ++listenerVersion);
  }

  /** The admin API; the same after a restart. */
  public URI adminUri() {
    return URI.create("http://" + admin);
  }

  /** Where TLS is served; the same after a restart. */
  public HostPort listener() {
    return listener;
  }

  /** How often Envoy was started again. */
  public synchronized int restarts() {
    return restarts;
  }

  /** The file with {@link #log}; gone after close. */
  public Path logFile() {
    return current().logFile();
  }

  /** What Envoy wrote so far, over all restarts. */
  public String log() {
    return current().log();
  }

  /**
   * Sends it a signal.
   *
   * @param signal its name without {@code SIG}
   */
  public void signal(String signal) {
    current().signal(signal);
  }

  /**
   * Whether {@code /ready} answers 200: true for a live Envoy, false while it starts, drains or is
   * away.
   */
  public boolean isLive() {
    return whyNotLive().isEmpty();
  }

  private Optional<String> whyNotLive() {
    return Starting.whyNotOk(http, adminUri().resolve("/ready"));
  }

  /** Ends Envoy for good and deletes its files. */
  @Override
  public void close() {
    synchronized (this) {
      closing.countDown();
    }
    current().close();
    directory.close();
  }
}
