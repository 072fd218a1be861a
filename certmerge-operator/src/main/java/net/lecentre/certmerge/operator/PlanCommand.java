package net.lecentre.certmerge.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.flags.EnvironmentDefaults;
import net.lecentre.certmerge.operator.plan.CertMergeFile;
import net.lecentre.certmerge.operator.plan.ClusterView;
import net.lecentre.certmerge.operator.plan.PlanReport;
import net.lecentre.certmerge.operator.plan.PlanText;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import net.lecentre.certmerge.operator.spec.SpecMemory;
import net.lecentre.certmerge.operator.spec.SpecReading;
import net.lecentre.certmerge.operator.targets.Decision;
import net.lecentre.certmerge.operator.terminal.Progress;
import net.lecentre.certmerge.operator.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line of {@code plan}. */
@Command(
    name = "plan",
    description = {
      "Says what the operator would add, change, keep and remove, and writes nothing.",
      "Give it the options that the operator has."
    },
    mixinStandardHelpOptions = true,
    defaultValueProvider = EnvironmentDefaults.class,
    sortOptions = false,
    footer = {
      "",
      "Uses the cluster of KUBECONFIG, and needs the right to read CertMerges, Secrets, Namespaces"
          + " and ReferenceGrants.",
      "Exit codes: 0 everything would be merged, 1 something would not or the cluster cannot be"
          + " asked, 2 wrong usage."
    })
final class PlanCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Spec private @Nullable CommandSpec command;
  @Mixin private Scope scope = new Scope();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description =
          "CertMerges, as YAML or JSON, that are planned as if they had been applied; - is standard"
              + " input. Default: those of the cluster.")
  private @Nullable String file;

  @Option(
      names = "--format",
      defaultValue = "text",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  private Format format = Format.text;

  private final Clock clock;
  private final InputStream in;

  private final Terminal terminal;

  PlanCommand() {
    this(Clock.systemUTC(), System.in, Terminal.ofProcess());
  }

  PlanCommand(Clock clock, InputStream in, Terminal terminal) {
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
    Logging.configure(Level.ERROR, false);
    ApiServer found = ApiServer.find();
    if (found instanceof ApiServer.None none) {
      return fail(none.message(), CommandLine.ExitCode.USAGE);
    }
    Config config = ((ApiServer.Known) found).config();
    Optional<String> obstacle = ApiServer.obstacle(config, scope.namespaces);
    if (obstacle.isPresent()) {
      return fail(obstacle.get(), CommandLine.ExitCode.SOFTWARE);
    }
    return plan(config);
  }

  int plan(Config config) {
    Config once = new ConfigBuilder(config).withRequestRetryBackoffLimit(2).build();
    CommandLine line = Objects.requireNonNull(command).commandLine();
    Instant now = clock.instant();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(once).build()) {
      PlanReport report = report(client, now, line.getErr());
      PrintWriter out = line.getOut();
      out.println(
          format == Format.json ? json(report) : PlanText.of(report, now, terminal.colours()));
      out.flush();
      return report.healthy() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (CertMergeFile.Unreadable e) {
      return fail(String.valueOf(e.getMessage()), CommandLine.ExitCode.USAGE);
    } catch (KubernetesClientException e) {
      return fail(
          "the API server cannot be asked: "
              + (e.getStatus() == null ? ApiServer.reason(e) : e.getStatus().getMessage()),
          CommandLine.ExitCode.SOFTWARE);
    }
  }

  private PlanReport report(KubernetesClient client, Instant now, PrintWriter err)
      throws CertMergeFile.Unreadable {
    ClusterView cluster = new ClusterView(client, scope.namespaces);
    Consent consent = new Consent(scope.trustedNamespaces(), scope.namespaces, cluster);
    Planner planner = new Planner(consent, scope.expiryWarning, cluster, cluster, new SpecMemory());
    List<CertMerge> present = cluster.certMerges();
    List<CertMerge> applied = file == null ? present : read(file, client);
    List<CertMerge> everyone = file == null ? present : CertMergeFile.apply(present, applied, now);
    Set<ObjectName> asked = applied.stream().map(ObjectName::of).collect(Collectors.toSet());
    List<CertMerge> planned =
        everyone.stream()
            .filter(certMerge -> asked.contains(ObjectName.of(certMerge)))
            .filter(certMerge -> !certMerge.isMarkedForDeletion())
            .sorted(Comparator.comparing(ObjectName::of))
            .toList();
    List<PlanReport.Merge> merges = new ArrayList<>();
    try (Progress progress = terminal.progress(err)) {
      for (CertMerge certMerge : planned) {
        progress.say(
            "planning CertMerge "
                + ObjectName.of(certMerge)
                + ", "
                + (merges.size() + 1)
                + " of "
                + planned.size());
        merges.add(merge(planner, certMerge, everyone, now));
      }
    }
    return new PlanReport(merges);
  }

  private List<CertMerge> read(String name, KubernetesClient client)
      throws CertMergeFile.Unreadable {
    String namespace = Objects.requireNonNullElse(client.getNamespace(), "default");
    KubernetesSerialization serialization = client.getKubernetesSerialization();
    try {
      if (name.equals(STANDARD_INPUT)) {
        return CertMergeFile.read("standard input", in, namespace, serialization);
      }
      try (InputStream text = Files.newInputStream(Path.of(name))) {
        return CertMergeFile.read(name, text, namespace, serialization);
      }
    } catch (NoSuchFileException e) {
      throw new CertMergeFile.Unreadable(
          "--file " + name + " cannot be read: there is no such file");
    } catch (IOException e) {
      throw new CertMergeFile.Unreadable("--file " + name + " cannot be read: " + e);
    }
  }

  private static PlanReport.Merge merge(
      Planner planner, CertMerge certMerge, List<CertMerge> everyone, Instant now) {
    SpecReading reading = SpecReading.of(certMerge);
    if (reading instanceof SpecReading.Invalid invalid) {
      Decision refused = new Decision.Refuse("InvalidSpec", invalid.message(), Optional.empty());
      return PlanReport.Merge.of(certMerge, Optional.empty(), refused, now);
    }
    MergeSpec spec = ((SpecReading.Valid) reading).spec();
    Decision decision = planner.plan(certMerge, spec, target -> everyone.stream(), now);
    return PlanReport.Merge.of(certMerge, Optional.of(spec.target()), decision, now);
  }

  private int fail(String message, int code) {
    Objects.requireNonNull(command).commandLine().getErr().println(message);
    return code;
  }

  private static String json(PlanReport report) {
    try {
      return JsonMapper.builder()
          .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
          .build()
          .writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of texts alone", e);
    }
  }
}
