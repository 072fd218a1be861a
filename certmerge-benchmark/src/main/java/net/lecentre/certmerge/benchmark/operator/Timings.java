package net.lecentre.certmerge.benchmark.operator;

import java.util.ArrayList;
import java.util.List;

/** Times that were measured. */
public final class Timings {
  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Long> nanos = new ArrayList<>();

  /** Adds one, in nanoseconds. */
  public void add(long time) {
    nanos.add(time);
  }

  void clear() {
    nanos.clear();
  }

  /** How many there are. */
  public int count() {
    return nanos.size();
  }

  /** The time in milliseconds that a share of them does not exceed. */
  public double millis(double share) {
    List<Long> sorted = nanos.stream().sorted().toList();
    int rank = (int) Math.ceil(share * sorted.size());
    return sorted.get(Math.max(rank, 1) - 1) / NANOS_PER_MILLI;
  }
}
