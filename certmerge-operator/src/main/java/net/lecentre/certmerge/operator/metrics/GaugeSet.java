package net.lecentre.certmerge.operator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Gauges of one name whose label values come and go. */
final class GaugeSet {
  private final MeterRegistry registry;
  private final String name;
  private final String description;
  private final Map<Tags, Series> all = new HashMap<>();

  GaugeSet(MeterRegistry registry, String name, String description) {
    this.registry = registry;
    this.name = name;
    this.description = description;
  }

  /** Sets the values by labels; series that are not among them disappear. */
  synchronized void set(Map<Tags, Double> values) {
    all.entrySet()
        .removeIf(
            old -> {
              boolean gone = !values.containsKey(old.getKey());
              if (gone) {
                registry.remove(old.getValue().gauge());
              }
              return gone;
            });
    values.forEach((tags, value) -> all.computeIfAbsent(tags, this::series).value().set(value));
  }

  private Series series(Tags tags) {
    AtomicReference<Double> value = new AtomicReference<>(0.0);
    return new Series(
        Gauge.builder(name, value, AtomicReference::get)
            .description(description)
            .tags(tags)
            .register(registry),
        value);
  }

  private record Series(Gauge gauge, AtomicReference<Double> value) {}
}
