package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.health.ApiPing;
import net.lecentre.certmerge.operator.health.Liveness;
import net.lecentre.certmerge.operator.health.Readiness;
import net.lecentre.certmerge.operator.health.Watched;
import net.lecentre.certmerge.operator.http.ProbeServer;
import net.lecentre.certmerge.operator.metrics.ApiRequests;
import net.lecentre.certmerge.operator.metrics.MergeMetrics;
import net.lecentre.certmerge.operator.metrics.Reconciliations;
import net.lecentre.certmerge.operator.page.StatusView;
import net.lecentre.certmerge.operator.pods.PodRefresher;
import net.lecentre.certmerge.operator.spec.SpecMemory;
import net.lecentre.certmerge.operator.status.EventLog;
import net.lecentre.certmerge.operator.targets.TargetStore;
import net.lecentre.certmerge.operator.watch.GrantWatch;
import net.lecentre.certmerge.operator.watch.Interests;
import net.lecentre.certmerge.operator.watch.NamespaceWatch;
import net.lecentre.certmerge.operator.watch.SourceWatch;
import net.lecentre.certmerge.operator.watch.TargetEvents;
import net.lecentre.certmerge.operator.watch.TargetWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator as it runs: everything is wired here, by constructors alone. */
final class CertMergeOperator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertMergeOperator.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  /** Within a second; whoever asked tries again anyway, for ever. */
  private static final int RETRIES_OF_A_REQUEST = 3;

  private final Options options;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(CertMergeOperator::daemon);
  private final KubernetesClient client;
  private final PodRefresher pods;
  private final Leadership leadership;
  private final Operator operator;
  private final ProbeServer probes;

  CertMergeOperator(Config config, Options options, InstantSource clock) {
    this.options = options;
    // A copy would not renew its token. Each attempt of an election waits for the client's retries,
    // which take minutes by default, so that a leader would lead on long after its Lease.
    config.setRequestRetryBackoffLimit(RETRIES_OF_A_REQUEST);
    ApiRequests requests = new ApiRequests(registry);
    client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withKubernetesSerialization(BareCertMerge.serialization())
            .withHttpClientBuilderConsumer(
                http ->
                    http.addOrReplaceInterceptor("certmerge-metrics", requests)
                        .addOrReplaceInterceptor("certmerge-targets", new TargetEvents()))
            .build();
    TargetEvents.readAsSecrets(client.getKubernetesSerialization());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);

    Interests interests = new Interests();
    GrantWatch grants = new GrantWatch(client, options.namespaces, interests);
    Consent consent = new Consent(options.trustedNamespaces(), options.namespaces, grants);
    Optional<NamespaceWatch> namespaces =
        consent.seesNamespaces()
            ? Optional.of(new NamespaceWatch(client, interests))
            : Optional.empty();
    Bursts bursts = new Bursts(clock);
    SourceWatch sources =
        new SourceWatch(
            client,
            options.namespaces,
            interests,
            consent,
            name -> namespaces.map(watch -> watch.labelsOf(name)).orElse(Map.of()),
            bursts::changed,
            clock);
    TargetStore store = new TargetStore(client);
    TargetWatch targets = new TargetWatch(client, options.namespaces, interests, store, clock);
    MergeMetrics metrics = new MergeMetrics(registry);
    metrics.watch(sources.name(), sources::lastEvent);
    metrics.watch(targets.name(), targets::lastEvent);
    Reconciliations reconciliations = new Reconciliations(registry, clock);
    EventLog events = new EventLog(client);
    pods = new PodRefresher(client, consent, events, clock);
    SpecMemory specs = new SpecMemory();
    List<EventSource<?, CertMerge>> eventSources = new ArrayList<>();
    namespaces.ifPresent(eventSources::add);
    eventSources.addAll(List.of(grants, sources, targets));
    CertMergeReconciler reconciler =
        new CertMergeReconciler(
            new Planner(consent, options.expiryWarning, sources, targets, specs),
            specs,
            options.resync,
            interests,
            eventSources,
            sources,
            targets,
            store,
            events,
            metrics,
            pods,
            bursts,
            clock);
    leadership = new Leadership(client, options.operatorNamespace());
    operator =
        new Operator(
            overrider -> {
              overrider
                  .withKubernetesClient(client)
                  .withCloseClientOnStop(false)
                  .withResourceCloner(new Copies(client.getKubernetesSerialization()))
                  .withMetrics(reconciliations)
                  .withExecutorService(Turns.start());
              if (options.leaderElect()) {
                overrider.withLeaderElectionConfiguration(leadership.configuration());
              }
            });
    operator.register(reconciler, controller -> configure(controller, bursts));
    List<Watched> watched = new ArrayList<>();
    watched.add(new Watched("CertMerges", this::followsCertMerges));
    watched.add(new Watched(sources.name(), sources::isAlive));
    watched.add(new Watched(targets.name(), targets::isAlive));
    namespaces.ifPresent(watch -> watched.add(new Watched(watch.name(), watch::isAlive)));
    watched.add(new Watched(grants.name(), grants::isAlive));
    probes =
        ProbeServer.start(
            options.port,
            new Liveness(
                watched,
                () -> reconciliations.stuck(Liveness.TOLERANCE),
                new ApiPing(() -> ApiServer.answers(config), background, clock),
                clock),
            new Readiness(watched),
            registry::scrape,
            () -> StatusView.of(reconciler.certMerges(), clock.instant()));
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "background");
    thread.setDaemon(true);
    return thread;
  }

  private void configure(ControllerConfigurationOverrider<CertMerge> controller, Bursts bursts) {
    controller
        .withRateLimiter(bursts)
        .withReconciliationMaxInterval(options.resync)
        // A generation tells nothing of annotations.
        .withGenerationAware(false)
        .withOnUpdateFilter(CertMergeReconciler::concerns)
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY)
                .setIntervalMultiplier(2)
                .setMaxInterval(LONGEST_RETRY.toMillis())
                .withoutMaxAttempts());
    if (!options.namespaces.isEmpty()) {
      controller.settingNamespaces(Set.copyOf(options.namespaces));
    }
  }

  void start() {
    operator.start();
    LOG.atInfo()
        .addKeyValue("port", probes.port())
        .addKeyValue("namespaces", options.namespaces)
        .addKeyValue("trustedNamespaces", options.trustedNamespaces())
        .log("the operator is running");
  }

  /** Also on a replica that waits for the Lease: the SDK fills its caches before it stands. */
  private boolean followsCertMerges() {
    RuntimeInfo running = operator.getRuntimeInfo();
    return running.isStarted() && running.allEventSourcesAreHealthy();
  }

  /** The port of the probes, metrics and the status page. */
  int port() {
    return probes.port();
  }

  @Override
  public void close() {
    leadership.end();
    operator.stop();
    if (options.leaderElect()) {
      leadership.release();
    }
    probes.close();
    pods.close();
    background.shutdownNow();
    client.close();
    garbageCollection.close();
  }
}
