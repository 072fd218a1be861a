package net.lecentre.certmerge.reloader.restart;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.reloader.decide.Past;
import org.jspecify.annotations.Nullable;

/**
 * What the reloader did to its Envoy, and what it therefore says of the pod's readiness. That Envoy
 * was taken out of service is also noted in a file, so that a reloader that died over it undoes it
 * when it starts again.
 */
public final class Memory {
  private final Path directory;
  private final Path note;
  private volatile @Nullable String unready;
  private volatile boolean drained;
  private volatile Set<String> held = Set.of();
  private volatile Set<String> tried = Set.of();
  private volatile Instant notBefore = Instant.MIN;

  /** Remembers in this directory; finds there what an earlier reloader noted. */
  public Memory(Path directory) {
    this.directory = directory;
    this.note = directory.resolve("envoy-out-of-service");
    this.drained = Files.exists(note);
  }

  /**
   * Checks that something can be noted.
   *
   * @throws IOException when not
   */
  public void checkWritable() throws IOException {
    Files.createDirectories(directory);
    if (!Files.isWritable(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
  }

  /** What the decision needs to know. */
  public Past past() {
    return new Past(drained, held, tried, notBefore);
  }

  /** Why the pod should get no traffic; empty when it may. */
  public Optional<String> unready() {
    return Optional.ofNullable(unready);
  }

  /** Withdraws readiness, and notes that Envoy is going to be taken out of service. */
  void takenOut(String reason) throws IOException {
    Files.writeString(note, reason + System.lineSeparator());
    drained = true;
    unready = reason;
  }

  /** These contents were on disk when Envoy was asked to start again. */
  void tried(Set<String> contents) {
    tried = Set.copyOf(contents);
  }

  /** A restart was called off, and is not begun again before then. */
  void calledOff(Instant until) {
    notBefore = until;
  }

  /** Envoy is in service again: gives readiness back. */
  void backInService() throws IOException {
    forgetDrain();
    held = Set.of();
    unready = null;
  }

  /** Envoy was asked to quit, and does not serve these keys as far as is known: stays unready. */
  void hold(Set<String> keys, String reason) throws IOException {
    held = Set.copyOf(keys);
    unready = reason;
    forgetDrain();
  }

  private void forgetDrain() throws IOException {
    Files.deleteIfExists(note);
    drained = false;
  }
}
