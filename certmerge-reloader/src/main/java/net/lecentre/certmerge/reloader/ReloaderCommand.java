package net.lecentre.certmerge.reloader;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.reloader.decide.Policy;
import net.lecentre.certmerge.reloader.decide.Strategy;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.files.MountWatch;
import net.lecentre.certmerge.reloader.lease.LeaseSettings;
import net.lecentre.certmerge.reloader.lease.LeaseTurns;
import net.lecentre.certmerge.reloader.lease.Turns;
import net.lecentre.certmerge.reloader.probe.Endpoint;
import net.lecentre.certmerge.reloader.report.Report;
import net.lecentre.certmerge.reloader.report.StatusServer;
import net.lecentre.certmerge.reloader.restart.Memory;
import net.lecentre.certmerge.reloader.restart.Pace;
import net.lecentre.certmerge.reloader.restart.Patience;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "certmerge-reloader",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    versionProvider = ReloaderCommand.Version.class,
    description =
        "Watches mounted certificates, proves with TLS handshakes which ones Envoy serves and,"
            + " where it is allowed to, has Envoy serve the renewed ones.",
    footer = {
      "",
      "Durations: 10s, 500ms, 2m or ISO-8601. Each option also reads an environment variable:"
          + " --min-uptime reads CERTMERGE_MIN_UPTIME; lists are separated by commas.",
      "Exit codes: 0 done (with --once: every certificate is proved to be served), 1 the work found"
          + " a problem, 2 wrong usage."
    })
final class ReloaderCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ReloaderCommand.class);
  private static final int WRONG_USAGE = 2;

  /** How replicas keep out of each other's way. */
  enum Coordination {
    none,
    lease
  }

  private final Map<String, String> environment;

  private ReloaderCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--watch",
      split = ",",
      paramLabel = "<directory>",
      description =
          "Directory with <key>.crt and <key>.key files; repeatable. Default: ${DEFAULT-VALUE}")
  private List<Path> watch = List.of(Path.of("/etc/istio/ingressgateway-certs"));

  @Option(
      names = "--envoy-admin",
      paramLabel = "<address>",
      description =
          "Envoy's admin interface, http://host:port or unix:///path. Default: ${DEFAULT-VALUE}")
  private URI envoyAdmin = URI.create("http://127.0.0.1:15000");

  @Option(
      names = "--allow-remote-admin",
      description =
          "Accept an --envoy-admin that is not on this machine; it has no authentication.")
  private boolean allowRemoteAdmin;

  @Option(
      names = "--probe",
      split = ",",
      paramLabel = "<host:port>",
      description = "TLS listener to make handshakes with; repeatable. Default: ${DEFAULT-VALUE}")
  private List<Endpoint> probes = List.of(new Endpoint("127.0.0.1", 8443));

  @Option(
      names = "--strategy",
      description =
          "What may be done about an outdated certificate: ${COMPLETION-CANDIDATES}. auto restarts"
              + " Envoy only where /certs names the key's file as the origin of the outdated"
              + " certificate. Default: ${DEFAULT-VALUE}")
  private Strategy strategy = Strategy.auto;

  @Option(
      names = "--sds-grace",
      paramLabel = "<duration>",
      description = "How long Envoy has for picking up new files by itself. Default: 10s")
  private Duration sdsGrace = Duration.ofSeconds(10);

  @Option(
      names = "--drain-timeout",
      paramLabel = "<duration>",
      description = "How long to wait for connections to end before a restart. Default: 45s")
  private Duration drainTimeout = Duration.ofSeconds(45);

  @Option(
      names = "--unready-wait",
      paramLabel = "<duration>",
      description =
          "How long /readyz must have said 503 before Envoy is asked to quit, so that every load"
              + " balancer has noticed; --drain-timeout at most. Default: 35s, and 0s with"
              + " --coordinate=none, when there is no other replica to balance to")
  private @Nullable Duration unreadyWait;

  @Option(
      names = "--verify-timeout",
      paramLabel = "<duration>",
      description =
          "How long Envoy has for being back after a restart and serving the files. Default: 3m")
  private Duration verifyTimeout = Duration.ofMinutes(3);

  @Option(
      names = "--min-uptime",
      paramLabel = "<duration>",
      description = "How long Envoy must have run before it is restarted. Default: 10m")
  private Duration minUptime = Duration.ofMinutes(10);

  @Option(
      names = "--poll",
      paramLabel = "<duration>",
      description = "How often to look, even if no change was seen. Default: 10s")
  private Duration poll = Duration.ofSeconds(10);

  @Option(
      names = "--coordinate",
      description =
          "How replicas keep out of each other's way: ${COMPLETION-CANDIDATES}. lease: one at a"
              + " time has the Lease --lease. Default: lease in a cluster, else none")
  private @Nullable Coordination coordinate;

  @Option(
      names = "--lease",
      paramLabel = "<name>",
      description =
          "The Lease that replicas take turns by, name or namespace/name; the same for all gateways"
              + " that share their clients. The namespace is that of the pod (POD_NAMESPACE) by"
              + " default. Default: ${DEFAULT-VALUE}")
  private String lease = "certmerge-reloader";

  @Option(
      names = "--state-dir",
      paramLabel = "<directory>",
      description =
          "Where to note what was done to Envoy, so that a restarted reloader goes on from there;"
              + " use a volume of the pod. Default: certmerge-reloader-<admin's address> where"
              + " temporary files are")
  private @Nullable Path stateDirectory;

  @Option(
      names = "--port",
      paramLabel = "<port>",
      description = "Port of /healthz, /readyz, /metrics and /status. Default: ${DEFAULT-VALUE}")
  private int port = 15099;

  @Option(
      names = "--once",
      arity = "0..1",
      fallbackValue = "true",
      description = "Look once, do what is to be done, print the status as JSON and end.")
  private boolean once;

  @Option(
      names = "--dry-run",
      arity = "0..1",
      fallbackValue = "true",
      description = "Change nothing, and tell what would be done.")
  private boolean dryRun;

  @Option(names = "--loglevel", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  private Logging.Threshold loglevel = Logging.Threshold.info;

  @Option(
      names = "--logjson",
      arity = "0..1",
      fallbackValue = "true",
      description = "Log records as JSON. Default: ${DEFAULT-VALUE}")
  private boolean logjson = true;

  /** The command line that runs the reloader, reading these environment variables. */
  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(new ReloaderCommand(environment))
        .registerConverter(Duration.class, new Durations())
        .registerConverter(Endpoint.class, ReloaderCommand::endpoint)
        .setDefaultValueProvider(new Environment(environment))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (wrong, arguments) -> {
              PrintWriter err = wrong.getCommandLine().getErr();
              err.println(wrong.getMessage());
              CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
              err.println("Use --help to see what there is.");
              return WRONG_USAGE;
            });
  }

  private static Endpoint endpoint(String text) {
    try {
      return Endpoint.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = settings();
    Logging.start(loglevel, logjson, once ? "System.err" : "System.out");
    try (EnvoyAdmin admin = admin();
        Turns turns = turns()) {
      if (settings.policy().strategy() != Strategy.verify && !dryRun) {
        prepare(settings.stateDirectory());
      }
      Reloader reloader = reloader(settings, admin, turns);
      return once ? once(reloader) : forEver(reloader, settings);
    }
  }

  /** Who does nothing needs no turn. */
  private Turns turns() {
    if (!byLease() || strategy == Strategy.verify || dryRun) {
      return Turns.alone();
    }
    try {
      return new LeaseTurns(
          LeaseSettings.of(lease, envoyAdmin.toString(), environment, hostName()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--lease " + e.getMessage() + ".");
    }
  }

  private boolean byLease() {
    return coordinate == null
        ? environment.containsKey("KUBERNETES_SERVICE_HOST")
        : coordinate == Coordination.lease;
  }

  /** Where nobody takes the clients over, to wait until they have left only makes it longer. */
  Patience patience() {
    Duration unready = byLease() ? Duration.ofSeconds(35) : Duration.ZERO;
    return new Patience(
        drainTimeout,
        unreadyWait == null ? unready : unreadyWait,
        byLease() ? Duration.ofSeconds(5) : Duration.ZERO,
        verifyTimeout,
        Duration.ofMillis(250));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      throw new UncheckedIOException("this host has no name: set POD_NAME", e);
    }
  }

  private Path stateDirectory() {
    String own = "certmerge-reloader-" + envoyAdmin.toString().replaceAll("[^A-Za-z0-9.]+", "-");
    return stateDirectory == null
        ? Path.of(System.getProperty("java.io.tmpdir"), own)
        : stateDirectory;
  }

  private Reloader reloader(Settings settings, EnvoyAdmin admin, Turns turns) {
    try {
      return new Reloader(settings, admin, turns, Pace.system());
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(),
          "What an earlier reloader noted cannot be read (" + e + "): remove the file.");
    }
  }

  private int once(Reloader reloader) throws InterruptedException {
    Report report = reloader.once();
    spec.commandLine().getOut().println(report.json());
    return report.allServed() ? 0 : 1;
  }

  private int forEver(Reloader reloader, Settings settings)
      throws IOException, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Thread loop = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  loop.interrupt();
                  awaitEnd(ended);
                },
                "shutdown"));
    try (MountWatch changes = new MountWatch(settings.watch());
        StatusServer server =
            new StatusServer(
                port, reloader::unready, reloader.metrics()::writeTo, reloader::report)) {
      log.atInfo()
          .addKeyValue("watch", settings.watch())
          .addKeyValue("probe", settings.probes())
          .addKeyValue("strategy", settings.policy().strategy())
          .addKeyValue("port", server.port())
          .log("certmerge-reloader starts");
      reloader.run(changes);
      return 0;
    } catch (InterruptedException e) {
      log.info("certmerge-reloader ends");
      return 0;
    } catch (java.net.BindException e) {
      throw new ParameterException(
          spec.commandLine(), "--port " + port + " cannot be listened on: " + e.getMessage());
    } finally {
      ended.countDown();
    }
  }

  /** The loop puts Envoy back into service, if it has to, before it ends. */
  private static void awaitEnd(CountDownLatch ended) {
    try {
      if (!ended.await(10, TimeUnit.SECONDS)) {
        log.warn("the reloader did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void prepare(Path directory) {
    try {
      Memory.prepare(directory);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--state-dir "
              + directory
              + " cannot be used ("
              + e
              + "): mount a volume there, or use --strategy=verify.");
    }
  }

  private EnvoyAdmin admin() {
    try {
      return EnvoyAdmin.at(envoyAdmin, Duration.ofSeconds(5));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--envoy-admin " + e.getMessage() + ".");
    }
  }

  private Settings settings() {
    if (!allowRemoteAdmin && !EnvoyAdmin.isLocal(envoyAdmin)) {
      throw new ParameterException(
          spec.commandLine(),
          "--envoy-admin "
              + envoyAdmin
              + " is not on this machine, and an admin interface has no authentication: give"
              + " --allow-remote-admin if that is meant.");
    }
    if (poll.isZero()) {
      throw new ParameterException(spec.commandLine(), "--poll must be longer than nothing.");
    }
    if (port < 0 || port > 65535) {
      throw new ParameterException(spec.commandLine(), "--port " + port + " is no port number.");
    }
    return new Settings(
        watch,
        probes,
        new Policy(strategy, sdsGrace, minUptime, dryRun),
        patience(),
        poll,
        stateDirectory());
  }

  /** Takes the version from the archive's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = ReloaderCommand.class.getPackage().getImplementationVersion();
      return new String[] {"certmerge-reloader " + (version == null ? "(not packaged)" : version)};
    }
  }
}
