package net.lecentre.certmerge.operator.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import net.lecentre.certmerge.operator.check.FoundPair.Unreadable;
import net.lecentre.certmerge.operator.flags.Durations;
import net.lecentre.certmerge.operator.flags.EnvironmentDefaults;
import net.lecentre.certmerge.operator.terminal.Progress;
import net.lecentre.certmerge.operator.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code check}. */
@Command(
    name = "check",
    description = "Says what a gateway would make of certificates and their keys.",
    mixinStandardHelpOptions = true,
    defaultValueProvider = EnvironmentDefaults.class,
    sortOptions = false,
    footer = {"", "Exit codes: 0 all are accepted, 1 some are not, 2 nothing could be checked."})
public final class CheckCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--format",
      defaultValue = "text",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  private Format format = Format.text;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "When, such as 2026-12-01T00:00:00Z; default: now.")
  private @Nullable Instant at;

  @Option(
      names = "--expiry-warning",
      defaultValue = "168h",
      converter = Durations.class,
      paramLabel = "TIME",
      description = "How long before its end a certificate is reported; default: ${DEFAULT-VALUE}.")
  private Duration expiryWarning = Duration.ofDays(7);

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = {
        "A directory with *.crt and *.key, or tls.crt and tls.key, in it or below it;",
        "one *.crt, with its *.key beside it;",
        "or what kubectl get secret -o yaml or -o json printed; - is standard input."
      })
  private List<String> paths = new ArrayList<>();

  private final Clock clock;
  private final InputStream in;
  private final Terminal terminal;

  /** Checks at the time of the machine. */
  public CheckCommand() {
    this(Clock.systemUTC(), System.in, Terminal.ofProcess());
  }

  CheckCommand(Clock clock, InputStream in, Terminal terminal) {
    this.clock = clock;
    this.in = in;
    this.terminal = terminal;
  }

  /** People write them as they are written here. */
  private enum Format {
    text,
    json
  }

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    Instant instant = Optional.ofNullable(at).orElseGet(clock::instant);
    List<Report.Pair> pairs = new ArrayList<>();
    try (Progress progress = terminal.progress(command.getErr())) {
      for (String path : paths) {
        int before = pairs.size();
        read(
            path,
            pair -> {
              // Of what was read nothing stays but what is told: there may be many.
              pairs.add(Report.Pair.of(pair, instant, expiryWarning));
              progress.count(pairs.size(), "pairs checked");
            });
        if (pairs.size() == before) {
          throw new Unreadable(path + ": there is no pair of a certificate and a key");
        }
      }
    } catch (Unreadable e) {
      command.getErr().println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    Report report = new Report(pairs);
    PrintWriter out = command.getOut();
    out.println(
        format == Format.json ? json(report) : Text.of(report, instant, terminal.colours()));
    out.flush();
    return report.refused() == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private void read(String argument, Consumer<FoundPair> found) throws Unreadable {
    try {
      if (argument.equals(STANDARD_INPUT)) {
        SecretFile.read("standard input", in, found);
        return;
      }
      Path path = Path.of(argument);
      if (Files.isDirectory(path)) {
        PairFiles.in(path, found);
        return;
      }
      String name = path.getFileName().toString();
      if (name.endsWith(PairFiles.CRT) || name.endsWith(PairFiles.KEY)) {
        Path directory = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
        String stem = name.substring(0, name.length() - PairFiles.CRT.length());
        PairFiles.named(directory, stem, found);
        return;
      }
      try (InputStream file = Files.newInputStream(path)) {
        SecretFile.read(argument, file, found);
      }
    } catch (NoSuchFileException e) {
      throw new Unreadable(argument + " cannot be read: there is no such file or directory");
    } catch (IOException e) {
      throw new Unreadable(argument + " cannot be read: " + e);
    }
  }

  private static String json(Report report) {
    try {
      return new JsonMapper().writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of texts alone", e);
    }
  }
}
