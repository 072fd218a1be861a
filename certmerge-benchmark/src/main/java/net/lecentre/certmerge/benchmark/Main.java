package net.lecentre.certmerge.benchmark;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs benchmarks as JMH does, and prints a line for each: {@code run} makes a table of them. */
public final class Main {
  private Main() {}

  /** Takes JMH's arguments. */
  public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(arguments))
                    .addProfiler(GCProfiler.class)
                    .addProfiler(CpuProfiler.class)
                    .build())
            .run();
    for (RunResult result : results) {
      String label = result.getPrimaryResult().getLabel();
      System.out.printf(
          Locale.ROOT,
          "RESULT\tJDK %d\t%s\t%s\t%.3f\t%.0f\t%.0f%n",
          Runtime.version().feature(),
          label,
          String.join(
              " ",
              result.getParams().getParamsKeys().stream()
                  .map(key -> result.getParams().getParam(key))
                  .toList()),
          result.getPrimaryResult().getScore(),
          secondary(result, CpuProfiler.LABEL),
          secondary(result, "gc.alloc.rate.norm"));
    }
  }

  private static double secondary(RunResult result, String label) {
    Result<?> found = result.getSecondaryResults().get(label);
    return found == null ? Double.NaN : found.getScore();
  }
}
