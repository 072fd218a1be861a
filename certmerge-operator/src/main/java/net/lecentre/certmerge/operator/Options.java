package net.lecentre.certmerge.operator;

import java.time.Duration;
import net.lecentre.certmerge.operator.flags.Durations;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of the operator. */
final class Options extends Scope {
  @Option(
      names = "--leader-elect",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Let one of several replicas work; default: true in a cluster, else false.")
  private @Nullable Boolean leaderElect;

  @Option(
      names = "--port",
      defaultValue = "8080",
      converter = Port.class,
      paramLabel = "PORT",
      description = "Where /healthz, /readyz, /metrics and /status are; default: ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--resync",
      defaultValue = "1h",
      converter = Durations.class,
      paramLabel = "TIME",
      description =
          "How often each CertMerge is looked at without a cause; default: ${DEFAULT-VALUE}.")
  Duration resync = Duration.ofHours(1);

  @Option(
      names = "--loglevel",
      defaultValue = "info",
      paramLabel = "LEVEL",
      description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  Level logLevel = Level.INFO;

  @Option(
      names = "--logjson",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "One JSON object a log record; default: ${DEFAULT-VALUE}.")
  boolean logJson = true;

  /** Whether only the leader of several replicas works. */
  boolean leaderElect() {
    return leaderElect == null ? System.getenv("KUBERNETES_SERVICE_HOST") != null : leaderElect;
  }

  /** Reads a TCP port; 0 takes a free one. */
  static final class Port implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      try {
        int port = Integer.parseInt(text);
        if (port >= 0 && port <= 65535) {
          return port;
        }
      } catch (NumberFormatException refusedBelow) {
        // The same as a number out of range.
      }
      throw new TypeConversionException("'" + text + "' is not a port from 0 to 65535");
    }
  }
}
