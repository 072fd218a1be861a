package net.lecentre.certmerge.testbed.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells people what is happening, one line each, with the seconds since the start. */
final class Narrator {
  private final PrintStream out;
  private final long start = System.nanoTime();

  Narrator(PrintStream out) {
    this.out = out;
  }

  /** Begins a chapter. */
  void chapter(String title) {
    out.println();
    out.println(title);
  }

  /** Tells something that happened. */
  void tell(String format, Object... arguments) {
    double seconds = (System.nanoTime() - start) / 1e9;
    String text = String.format(Locale.ROOT, format, arguments);
    out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds, text));
  }

  /** Adds a line to what was told, without a time. */
  void detail(String format, Object... arguments) {
    out.println("          " + String.format(Locale.ROOT, format, arguments));
  }

  /** Prints a line as it is, for people to copy. */
  void line(String text) {
    out.println(text);
  }

  /** A time span as people read it: milliseconds below ten seconds. */
  static String span(Duration duration) {
    long millis = duration.toMillis();
    return millis < 10_000
        ? millis + " ms"
        : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }
}
