package net.lecentre.certmerge.operator.spec;

import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.lecentre.certmerge.core.format.Format;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.merge.MaxRemovals;
import net.lecentre.certmerge.core.merge.OnInvalid;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeSpec;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.flags.Durations;
import net.lecentre.certmerge.operator.spec.LabelMatch.Operator;
import net.lecentre.certmerge.operator.spec.LabelMatch.Requirement;
import org.jspecify.annotations.Nullable;

/** What came of reading a spec. */
public sealed interface SpecReading {
  /**
   * It can be carried out.
   *
   * @param spec what it asks for
   */
  record Valid(MergeSpec spec) implements SpecReading {}

  /**
   * It passed admission and still makes no sense.
   *
   * @param message the fields and what is wrong with each
   */
  record Invalid(String message) implements SpecReading {}

  /** Reads the spec of a CertMerge. */
  static SpecReading of(CertMerge certMerge) {
    return new Reader(ObjectName.of(certMerge)).read(certMerge.getSpec());
  }

  /** Collects everything that is wrong, so that a user mends it in one go. */
  final class Reader {
    private static final Pattern SECRET_NAME = Pattern.compile(CertMergeSpec.DNS_SUBDOMAIN);
    private static final Pattern REMOVALS = Pattern.compile("([0-9]{1,9})(%?)");
    private static final Pattern NAMESPACE = Pattern.compile(CertMergeSpec.DNS_LABEL);

    private final ObjectName certMerge;
    private final List<String> problems = new ArrayList<>();

    private Reader(ObjectName certMerge) {
      this.certMerge = certMerge;
    }

    private SpecReading read(@Nullable CertMergeSpec spec) {
      if (spec == null) {
        return new Invalid("spec is missing");
      }
      MergeSpec read =
          new MergeSpec(
              certMerge,
              new ObjectName(
                  namespace("spec.namespace", spec.namespace()),
                  secretName("spec.name", spec.name())),
              listed(spec.secretlist()),
              selectors(spec.selector()),
              Objects.requireNonNullElse(spec.keys(), CertMergeSpec.Keys.NAME),
              policy(spec),
              Boolean.TRUE.equals(spec.adopt()),
              spec.deletionPolicy() == CertMergeSpec.DeletionPolicy.RETAIN,
              pods(spec),
              Boolean.TRUE.equals(spec.suspend()));
      if (read.policy().shards() > 1) {
        secretName("spec.name with the number of its last shard", lastShard(read));
      }
      return problems.isEmpty() ? new Valid(read) : new Invalid(String.join("; ", problems));
    }

    private List<ObjectName> listed(@Nullable List<CertMergeSpec.SecretName> list) {
      List<ObjectName> names = new ArrayList<>();
      for (CertMergeSpec.SecretName source : orEmpty(list)) {
        String field = "spec.secretlist[" + names.size() + "]";
        names.add(
            new ObjectName(
                namespace(field + ".namespace", source.namespace()),
                secretName(field + ".name", source.name())));
      }
      return names;
    }

    private List<MergeSpec.Selector> selectors(@Nullable List<CertMergeSpec.Selector> list) {
      List<MergeSpec.Selector> selectors = new ArrayList<>();
      for (CertMergeSpec.Selector selector : orEmpty(list)) {
        String field = "spec.selector[" + selectors.size() + "]";
        String namespace = selector.namespace();
        if (namespace != null && !namespace.isBlank() && selector.namespaceSelector() != null) {
          problems.add(field + " has a namespace and a namespaceSelector; leave one of them out");
        }
        selectors.add(
            new MergeSpec.Selector(
                Optional.ofNullable(selector.namespace())
                    .filter(name -> !name.isBlank())
                    .map(name -> namespace(field + ".namespace", name)),
                Optional.ofNullable(selector.namespaceSelector())
                    .map(labels -> labels(field + ".namespaceSelector", labels)),
                labels(field + ".labelselector", selector.labelselector())));
      }
      return selectors;
    }

    private static String lastShard(MergeSpec spec) {
      return spec.target(spec.policy().shards() - 1).name();
    }

    private List<MergeSpec.Pods> pods(CertMergeSpec spec) {
      List<MergeSpec.Pods> pods = new ArrayList<>();
      for (CertMergeSpec.Pods some : orEmpty(spec.refreshPods())) {
        String field = "spec.refreshPods[" + pods.size() + "]";
        String given = some.namespace();
        String where = given == null || given.isBlank() ? spec.namespace() : given;
        pods.add(
            new MergeSpec.Pods(
                namespace(field + ".namespace", where),
                labels(field + ".labelselector", some.labelselector())));
      }
      return pods;
    }

    private Policy policy(CertMergeSpec spec) {
      return Policy.DEFAULT
          .with(onInvalid(spec.onInvalid()))
          .with(layout(spec.formats(), spec.mountPath()))
          .with(maxRemovals(spec.maxRemovals()))
          .withGrace(grace(spec.deletedSourceGracePeriod()))
          .withShards(shards(spec.shards()), Policy.MAX_SECRET_BYTES);
    }

    private Layout layout(
        @Nullable List<CertMergeSpec.Format> formats, @Nullable String mountPath) {
      Set<Format> chosen = EnumSet.noneOf(Format.class);
      orEmpty(formats).forEach(format -> chosen.add(Format.valueOf(format.name())));
      if (chosen.isEmpty()) {
        chosen.add(Format.PAIR);
      }
      String path =
          mountPath == null || mountPath.isBlank() ? Layout.DEFAULT_MOUNT_PATH : mountPath;
      try {
        return new Layout(chosen, path);
      } catch (IllegalArgumentException e) {
        problems.add("spec.mountPath: " + e.getMessage());
        return Layout.PAIRS;
      }
    }

    private int shards(@Nullable Integer shards) {
      if (shards == null) {
        return 1;
      }
      if (shards < 1 || shards > CertMergeSpec.MOST_SHARDS) {
        problems.add("spec.shards: " + shards + " is not from 1 to " + CertMergeSpec.MOST_SHARDS);
        return 1;
      }
      return shards;
    }

    private Duration grace(@Nullable String text) {
      if (text == null || text.isBlank()) {
        return Duration.ZERO;
      }
      Optional<Duration> grace = Durations.read(text.strip());
      if (grace.isEmpty()) {
        problems.add(
            "spec.deletedSourceGracePeriod: "
                + quoted(text)
                + " is not a duration such as 30m, 72h or PT72H");
      }
      return grace.orElse(Duration.ZERO);
    }

    private MaxRemovals maxRemovals(@Nullable IntOrString given) {
      if (given == null) {
        return MaxRemovals.ALL;
      }
      String text = String.valueOf(given.getValue()).strip();
      Matcher number = REMOVALS.matcher(text);
      if (number.matches()) {
        int value = Integer.parseInt(number.group(1));
        boolean percent = !number.group(2).isEmpty();
        if (!percent || value <= 100) {
          return new MaxRemovals(value, percent);
        }
      }
      problems.add(
          "spec.maxRemovals: "
              + quoted(text)
              + " is neither a number of entries, as 5, nor a share of them, as 20%");
      return MaxRemovals.ALL;
    }

    private LabelMatch labels(String field, CertMergeSpec.@Nullable LabelSelector selector) {
      if (selector == null) {
        return LabelMatch.none();
      }
      List<Requirement> requirements = new ArrayList<>();
      Map<String, String> exact =
          Objects.requireNonNullElse(selector.matchLabels(), Map.<String, String>of());
      exact.forEach(
          (key, value) -> requirements.add(new Requirement(key, Operator.IN, List.of(value))));
      int index = 0;
      for (CertMergeSpec.Requirement expression : orEmpty(selector.matchExpressions())) {
        requirement(field + ".matchExpressions[" + index++ + "]", expression)
            .ifPresent(requirements::add);
      }
      return new LabelMatch(requirements, false);
    }

    private Optional<Requirement> requirement(String field, CertMergeSpec.Requirement expression) {
      String key = required(field + ".key", expression.key());
      List<String> values = orEmpty(expression.values());
      String spelling = required(field + ".operator", expression.operator());
      if (spelling.isEmpty()) {
        return Optional.empty();
      }
      Optional<Operator> operator = operator(spelling);
      if (operator.isEmpty()) {
        problems.add(
            field
                + ".operator: \""
                + spelling
                + "\" is not one of In, NotIn, Exists, DoesNotExist, =, ==, !=, gt, lt, !");
        return Optional.empty();
      }
      if (!operator.get().takes(values.size())) {
        problems.add(
            field
                + ".values: "
                + spelling
                + " takes "
                + operator.get().arity()
                + ", not "
                + values.size());
        return Optional.empty();
      }
      boolean compares = operator.get() == Operator.GREATER || operator.get() == Operator.LESS;
      if (compares && LabelMatch.integer(values.get(0)).isEmpty()) {
        problems.add(field + ".values[0]: \"" + values.get(0) + "\" is not an integer");
        return Optional.empty();
      }
      return Optional.of(new Requirement(key, operator.get(), values));
    }

    /** In any letter case, with the spellings that manifests of 2018 hold. */
    private static Optional<Operator> operator(String text) {
      return switch (text.strip().toLowerCase(Locale.ROOT)) {
        case "in", "=", "==" -> Optional.of(Operator.IN);
        case "notin", "!=" -> Optional.of(Operator.NOT_IN);
        case "exists" -> Optional.of(Operator.EXISTS);
        case "doesnotexist", "!" -> Optional.of(Operator.DOES_NOT_EXIST);
        case "gt" -> Optional.of(Operator.GREATER);
        case "lt" -> Optional.of(Operator.LESS);
        default -> Optional.empty();
      };
    }

    private static OnInvalid onInvalid(CertMergeSpec.@Nullable OnInvalid onInvalid) {
      return onInvalid == CertMergeSpec.OnInvalid.DROP ? OnInvalid.DROP : OnInvalid.KEEP;
    }

    private String required(String field, @Nullable String value) {
      if (value == null || value.isBlank()) {
        problems.add(field + " is missing");
        return "";
      }
      return value;
    }

    /** A name that is none would lead elsewhere in the API's paths. */
    private String secretName(String field, @Nullable String value) {
      String name = required(field, value);
      if (!name.isEmpty() && !(name.length() <= 253 && SECRET_NAME.matcher(name).matches())) {
        problems.add(field + ": " + quoted(name) + " is not a name that a Secret can have");
      }
      return name;
    }

    private String namespace(String field, @Nullable String value) {
      if (value == null || value.isBlank()) {
        return certMerge.namespace();
      }
      if (!(value.length() <= 63 && NAMESPACE.matcher(value).matches())) {
        problems.add(field + ": " + quoted(value) + " is not a name that a namespace can have");
      }
      return value;
    }

    private static String quoted(String text) {
      String visible = text.replaceAll("\\p{Cntrl}", "?");
      return '"' + (visible.length() > 80 ? visible.substring(0, 80) + "…" : visible) + '"';
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
      return list == null ? List.of() : list;
    }
  }
}
