package net.lecentre.certmerge.operator.pods;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.lecentre.certmerge.operator.TestClock;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.status.Announcement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PodRefresherTest {
  private static final CertMerge EDGE =
      certMerge("name: merged\nrefreshPods: [{labelselector: {}}]\n");

  private final TestClock clock = new TestClock(NOW);
  private final Later later = new Later();
  private final FakePods pods = new FakePods();
  private final List<Announcement> told = new ArrayList<>();
  private final PodRefresher refresher =
      new PodRefresher(
          pods,
          new Consent(Set.of()),
          (certMerge, announcement, now) -> told.add(announcement),
          later,
          clock);

  @Test
  void pods_are_annotated_with_the_hash_and_counted() {
    pods.add("web", 2);

    refresh(EDGE, "sha256:1");
    later.runAll();

    assertThat(pods.annotations.values()).containsExactly("sha256:1", "sha256:1");
    assertThat(told)
        .containsExactly(
            new Announcement(false, "PodsRefreshed", "2 pods were told of the new content"));
  }

  @Test
  void whoever_asks_does_not_wait() {
    pods.add("web", 1);

    refresh(EDGE, "sha256:1");

    assertThat(pods.lists).isZero();
  }

  @Test
  void a_certmerge_that_names_no_pods_looks_at_none() {
    refresh(certMerge("name: merged"), "sha256:1");

    assertThat(later.work).isEmpty();
  }

  @Test
  void pods_that_were_told_already_are_no_news() {
    pods.add("web", 1);
    refresh(EDGE, "sha256:1");
    later.runAll();
    told.clear();

    refresh(EDGE, "sha256:1");
    later.runAll();

    assertThat(told).isEmpty();
    assertThat(pods.patches).isEqualTo(1);
  }

  @Test
  void of_several_writes_the_last_one_is_told() {
    pods.add("web", 1);

    refresh(EDGE, "sha256:1");
    refresh(EDGE, "sha256:2");
    later.runAll();

    assertThat(pods.annotations.values()).containsExactly("sha256:2");
    assertThat(pods.patches).isEqualTo(1);
  }

  @Test
  void a_certmerge_that_is_written_again_and_again_is_held_back_and_its_last_state_is_told() {
    pods.add("web", 1);
    refresh(EDGE, "sha256:1");
    later.run(Duration.ZERO);

    refresh(EDGE, "sha256:2");
    later.run(PodRefresher.APART.minusMillis(1));
    refresh(EDGE, "sha256:3");
    assertThat(pods.annotations.values()).containsExactly("sha256:1");

    later.runAll();
    assertThat(pods.annotations.values()).containsExactly("sha256:3");
    assertThat(pods.patches).isEqualTo(2);
  }

  @Test
  void a_certmerge_that_is_held_back_holds_no_other_back() {
    pods.add("web", 1);
    pods.add("shop", 1);
    refresh(EDGE, "sha256:1");
    later.run(Duration.ZERO);

    refresh(EDGE, "sha256:2");
    refresh(
        certMerge("shop", "other", "name: merged\nrefreshPods: [{labelselector: {}}]\n"),
        "sha256:9");
    later.run(PodRefresher.REST);

    assertThat(pods.annotations)
        .containsEntry(new ObjectName("shop", "pod-0"), "sha256:9")
        .containsEntry(new ObjectName("web", "pod-0"), "sha256:1");
  }

  @Test
  void only_some_pods_are_annotated_at_once() {
    pods.add("web", 50);

    refresh(EDGE, "sha256:1");
    later.run(Duration.ZERO);
    assertThat(pods.patches).isEqualTo(PodRefresher.AT_ONCE);
    later.run(PodRefresher.REST);
    assertThat(pods.patches).isEqualTo(2 * PodRefresher.AT_ONCE);
    later.runAll();

    assertThat(pods.patches).isEqualTo(50);
    assertThat(told)
        .containsExactly(
            new Announcement(false, "PodsRefreshed", "50 pods were told of the new content"));
  }

  @Test
  void a_missing_right_is_told_once_with_what_to_do() {
    pods.add("web", 1);
    pods.listing = new KubernetesClientException("no", 403, new Status());

    refresh(EDGE, "sha256:1");
    later.runAll();
    refresh(EDGE, "sha256:2");
    later.runAll();

    assertThat(told)
        .singleElement()
        .satisfies(
            news -> {
              assertThat(news.warning()).isTrue();
              assertThat(news.reason()).isEqualTo("PodsNotRefreshed");
              assertThat(news.message())
                  .startsWith("the operator may not list pods in namespace web")
                  .contains("kubectl apply --namespace web -f deploy/refresh-pods");
            });
  }

  @Test
  void a_right_that_is_missing_again_is_told_again() {
    pods.add("web", 1);
    pods.patching = new KubernetesClientException("no", 403, new Status());
    refresh(EDGE, "sha256:1");
    later.runAll();
    pods.patching = null;
    refresh(EDGE, "sha256:2");
    later.runAll();
    pods.patching = new KubernetesClientException("no", 403, new Status());

    refresh(EDGE, "sha256:3");
    later.runAll();

    assertThat(told)
        .extracting(Announcement::reason)
        .containsExactly("PodsNotRefreshed", "PodsRefreshed", "PodsNotRefreshed");
  }

  @Test
  void without_the_right_to_patch_only_one_pod_is_tried() {
    pods.add("web", 50);
    pods.patching = new KubernetesClientException("no", 403, new Status());

    refresh(EDGE, "sha256:1");
    later.runAll();

    assertThat(pods.tries).isEqualTo(1);
  }

  @Test
  void a_pod_that_went_meanwhile_is_no_news() {
    pods.add("web", 1);
    pods.patching = new KubernetesClientException("gone", 404, new Status());

    refresh(EDGE, "sha256:1");
    later.runAll();

    assertThat(told).isEmpty();
  }

  @Test
  void a_failure_of_one_namespace_leaves_the_others() {
    pods.add("web", 1);
    CertMerge trusted =
        certMerge(
            """
            name: merged
            refreshPods: [{namespace: istio, labelselector: {}}, {labelselector: {}}]
            """);

    refresh(trusted, "sha256:1");
    later.runAll();

    assertThat(told)
        .extracting(Announcement::reason)
        .containsExactly("PodsNotRefreshed", "PodsRefreshed");
    assertThat(pods.listed).containsExactly("web");
  }

  @Test
  void an_unexpected_failure_does_not_end_the_work() {
    pods.add("web", 1);
    pods.listing = new IllegalStateException("nobody thought of this");
    refresh(EDGE, "sha256:1");
    later.runAll();
    pods.listing = null;

    refresh(EDGE, "sha256:2");
    later.runAll();

    assertThat(pods.annotations.values()).containsExactly("sha256:2");
  }

  @Test
  void a_certmerge_that_went_is_not_worked_on() {
    pods.add("web", 1);
    refresh(EDGE, "sha256:1");

    refresher.forget(new ObjectName("web", "edge"));
    later.runAll();

    assertThat(pods.lists).isZero();
  }

  @Test
  void nothing_is_scheduled_while_there_is_nothing_to_do() {
    pods.add("web", 1);
    refresh(EDGE, "sha256:1");
    later.runAll();

    assertThat(later.work).isEmpty();
  }

  private void refresh(CertMerge certMerge, String hash) {
    refresher.refresh(certMerge, spec(certMerge), hash);
  }

  /** Runs what is due when time passes. */
  private final class Later implements PodRefresher.Timer {
    private record Work(Instant at, Runnable what) {}

    private final Queue<Work> work = new PriorityQueue<>(Comparator.comparing(Work::at));

    @Override
    public void after(Duration delay, Runnable what) {
      work.add(new Work(clock.instant().plus(delay), what));
    }

    private void run(Duration time) {
      Instant end = clock.instant().plus(time);
      while (!work.isEmpty() && !work.element().at().isAfter(end)) {
        Work next = work.remove();
        clock.pass(Duration.between(clock.instant(), next.at()));
        next.what().run();
      }
      clock.pass(Duration.between(clock.instant(), end));
    }

    private void runAll() {
      run(Duration.ofHours(1));
    }

    @Override
    public void close() {
      work.clear();
    }
  }

  private static final class FakePods implements Pods {
    private final Map<String, Integer> count = new HashMap<>();
    private final Map<ObjectName, String> annotations = new TreeMap<>();
    private final Set<String> listed = new HashSet<>();
    private @Nullable RuntimeException listing;
    private @Nullable RuntimeException patching;
    private int lists;
    private int tries;
    private int patches;

    private void add(String namespace, int number) {
      count.put(namespace, number);
    }

    @Override
    public void inPages(String namespace, Consumer<List<Pod>> page) {
      lists++;
      listed.add(namespace);
      if (listing != null) {
        throw listing;
      }
      for (int number = 0; number < count.getOrDefault(namespace, 0); number++) {
        page.accept(List.of(pod(new ObjectName(namespace, "pod-" + number))));
      }
    }

    private Pod pod(ObjectName name) {
      return new PodBuilder()
          .withNewMetadata()
          .withNamespace(name.namespace())
          .withName(name.name())
          .addToAnnotations(Refresh.ANNOTATION, annotations.getOrDefault(name, ""))
          .endMetadata()
          .build();
    }

    @Override
    public void annotate(ObjectName pod, String value) {
      tries++;
      if (patching != null) {
        throw patching;
      }
      patches++;
      annotations.put(pod, value);
    }
  }
}
