package net.lecentre.certmerge.operator.page;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.certMerge;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Counts;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Entry;
import org.jspecify.annotations.Nullable;

/** CertMerges with a status, and what is shown of them. */
final class Views {
  private Views() {}

  static CertMerge reported(String name, String ready, String reason, Entry... entries) {
    CertMerge certMerge = certMerge("web", name, "name: merged\nnamespace: istio-system");
    int merged = count("Merged", entries);
    int kept = count("Kept", entries);
    int excluded = count("Excluded", entries);
    certMerge.setStatus(
        new CertMergeStatus(
            4L,
            List.of(
                new ConditionBuilder()
                    .withType("Ready")
                    .withStatus(ready)
                    .withReason(reason)
                    .withMessage("said of " + name)
                    .build()),
            new Counts(entries.length, merged, kept, excluded, kept + excluded, 6021),
            NOW.plus(Duration.ofDays(3)).toString(),
            List.of(entries),
            true,
            "sha256:00",
            List.of(),
            NOW.toString()));
    return certMerge;
  }

  private static int count(String state, Entry... entries) {
    return (int) Stream.of(entries).filter(entry -> entry.state().equals(state)).count();
  }

  static Entry merged(String key, int days, String... hosts) {
    return entry(key, "Merged", null, null, days, hosts);
  }

  static Entry entry(
      String key,
      String state,
      @Nullable String reason,
      @Nullable String message,
      int days,
      String... hosts) {
    return new Entry(
        key,
        "shop/" + key,
        state,
        reason,
        message,
        NOW.plus(Duration.ofDays(days)).toString(),
        List.of(hosts),
        "ab".repeat(32),
        reason == null ? null : NOW.minusSeconds(60).toString());
  }

  static StatusView view(CertMerge... certMerges) {
    return StatusView.of(Stream.of(certMerges), NOW);
  }
}
