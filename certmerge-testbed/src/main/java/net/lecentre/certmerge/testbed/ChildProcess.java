package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child process that never outlives this JVM, however that ends. Its output goes to a file.
 *
 * <p>It runs under a small shell script that reads a pipe from the JVM. When the pipe ends –
 * because of {@link #close()}, or because the JVM was killed – the script ends the child: SIGTERM,
 * and SIGKILL if it is still there after 5 s. A line in the pipe is the name of a signal to send.
 */
public final class ChildProcess implements AutoCloseable {
  private static final String WATCHDOG =
      """
      trap '' INT HUP
      exec 3<&0
      "$@" </dev/null 3<&- &
      child=$!
      {
        while read -r signal; do kill -"$signal" "$child"; done
        kill -TERM "$child" 2>/dev/null || exit 0
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
          sleep 0.2
          kill -0 "$child" 2>/dev/null || exit 0
        done
        kill -KILL "$child"
      } <&3 >/dev/null 2>&1 &
      watchdog=$!
      exec 3<&-
      # Or the shell would write "Killed" into the child's output.
      exec 2>/dev/null
      wait "$child"
      code=$?
      kill -KILL "$watchdog"
      wait "$watchdog"
      exit "$code"
      """;

  private final String name;
  private final Process process;
  private final Path log;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a command.
   *
   * @param name what messages call it
   * @param command the executable and its arguments
   * @param environment variables set on top of this JVM's own
   * @param log the file that standard output and standard error are appended to
   * @throws UncheckedIOException if it cannot be started
   * @throws IllegalStateException if this JVM is ending
   */
  public static ChildProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    return start(name, command, environment, log, Path.of("").toAbsolutePath());
  }

  /** The same in a working directory of its own. */
  static ChildProcess start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path log,
      Path workingDirectory) {
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", WATCHDOG, name));
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return JvmEnd.own(() -> start(name, builder, log));
  }

  private static ChildProcess start(String name, ProcessBuilder builder, Path log) {
    try {
      return new ChildProcess(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its exit code, 128 + n after signal n; empty while it runs. */
  public OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** Completes with the exit code when it has ended. */
  public CompletableFuture<Integer> onExit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** What runs under it. */
  Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  /** The file with its output. */
  public Path logFile() {
    return log;
  }

  /** All its output so far. */
  public String log() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log of " + name, e);
    }
  }

  /**
   * An exception that says that it died, with the end of its output.
   *
   * @param doing what was being waited for
   */
  IllegalStateException died(String doing) {
    return new IllegalStateException(
        name + " ended with code " + process.exitValue() + " while " + doing + ":\n" + lastLines());
  }

  /** The last 25 lines of its output, indented. */
  String lastLines() {
    List<String> lines = log().lines().toList();
    return String.join(
        "\n",
        lines.subList(Math.max(0, lines.size() - 25), lines.size()).stream()
            .map(line -> "  | " + line)
            .toList());
  }

  /**
   * Sends it a signal, which takes a few milliseconds to arrive.
   *
   * @param signal its name without {@code SIG}, as {@code kill} takes it
   */
  public synchronized void signal(String signal) {
    try {
      OutputStream pipe = process.getOutputStream();
      pipe.write((signal + "\n").getBytes(StandardCharsets.US_ASCII));
      pipe.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send " + signal + " to " + name, e);
    }
  }

  /** Ends it by SIGKILL, without a chance to do anything more. Returns when it is gone. */
  public void kill() {
    signal("KILL");
    int ignored = onExit().join();
    close();
  }

  /** Ends it: SIGTERM, then SIGKILL after 5 s. Returns when it is gone; closing twice is fine. */
  @Override
  public void close() {
    try (OutputStream pipe = process.getOutputStream()) {
      pipe.flush();
    } catch (IOException alreadyGone) {
      // The pipe is broken because the process has ended, which is what was wanted.
    }
    boolean interrupted = false;
    while (true) {
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          throw new IllegalStateException(name + " is still there 10 s after it was told to end");
        }
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    JvmEnd.disown(this);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name + (isAlive() ? " (running)" : " (ended with code " + process.exitValue() + ")");
  }
}
