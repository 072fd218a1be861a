package net.lecentre.certmerge.reloader.restart;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.reloader.decide.Owed;
import net.lecentre.certmerge.reloader.decide.Past;

/**
 * What the reloader did to its Envoy, and what it therefore says of the pod's readiness. It is also
 * noted in a file, before it is done, so that the successor of a reloader that died over it goes on
 * where that one was.
 */
public final class Memory {
  /** For notes alone, which are rare: it is some hundred classes. */
  private static final class Json {
    private static final JsonMapper MAPPER =
        JsonMapper.builder()
            .enable(
                DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();
  }

  private final Path directory;
  private final Path file;
  private volatile Note note;
  private volatile Instant notBefore = Instant.MIN;

  private enum Phase {
    in_service,
    /** Envoy is being taken out of service; that can be undone. */
    draining,
    /** Envoy was asked to quit, or is just going to be. */
    quit,
    /** Envoy was asked to quit, and what is owed was not proved in time. */
    held
  }

  private record Note(
      Phase phase, String reason, Set<String> renewed, Set<String> served, Set<String> tried) {
    private static final Note NOTHING = of(Phase.in_service, "", Owed.NOTHING, Set.of());

    static Note of(Phase phase, String reason, Owed owed, Set<String> tried) {
      return new Note(phase, reason, owed.renewed(), owed.served(), tried);
    }

    Owed owed() {
      return new Owed(renewed, served);
    }
  }

  /**
   * Remembers in this directory; finds there what an earlier reloader noted.
   *
   * @throws IOException when there is a note that cannot be read
   */
  public Memory(Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("restart.json");
    this.note = read(file);
  }

  private static Note read(Path file) throws IOException {
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Note.NOTHING;
    }
    try {
      return Json.MAPPER.readValue(json, Note.class);
    } catch (JacksonException e) {
      throw new FileSystemException(file.toString(), null, "it is no note of a reloader");
    }
  }

  /**
   * Makes the directory for the notes, for this user alone, unless it is there.
   *
   * @throws IOException when nothing can be noted there, or somebody else could have noted it
   */
  public static void prepare(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path own = Files.createTempFile(directory, "check", null);
    try {
      UserPrincipal owner = Files.getOwner(directory);
      // A volume of a pod belongs to root, who could do anything anyway.
      if (!owner.equals(Files.getOwner(own)) && !owner.getName().equals("root")) {
        throw new FileSystemException(
            directory.toString(), null, "it belongs to another user, " + owner.getName());
      }
    } finally {
      Files.delete(own);
    }
  }

  /** What the decision needs to know. */
  public Past past() {
    Note now = note;
    boolean drained = now.phase() == Phase.draining || now.phase() == Phase.quit;
    return new Past(drained, now.owed(), now.tried(), notBefore);
  }

  /** Why the pod should get no traffic; empty when it may. */
  public Optional<String> unready() {
    Note now = note;
    return now.phase() == Phase.in_service ? Optional.empty() : Optional.of(now.reason());
  }

  /** Withdraws readiness, and notes that Envoy is going to be taken out of service. */
  void takenOut(String reason) throws IOException {
    write(Note.of(Phase.draining, reason, note.owed(), note.tried()));
  }

  /**
   * Notes that Envoy is going to be asked to quit.
   *
   * @param owed what has to be proved then, besides what is not proved since an earlier restart
   * @param contents what is on disk now, and is not tried again
   */
  void quitting(Owed owed, Set<String> contents) throws IOException {
    Owed all = new Owed(union(note.renewed(), owed.renewed()), union(note.served(), owed.served()));
    write(Note.of(Phase.quit, note.reason(), all, contents));
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> all = new HashSet<>(one);
    all.addAll(other);
    return all;
  }

  /** A restart was called off, and is not begun again before then. */
  void calledOff(Instant until) {
    notBefore = until;
  }

  /**
   * Envoy was found to be still out of service: it has not quit, whatever it was going to be asked,
   * so that nothing was tried with these contents.
   */
  void foundDraining() throws IOException {
    if (note.phase() == Phase.quit) {
      write(Note.of(Phase.draining, note.reason(), Owed.NOTHING, Set.of()));
    }
  }

  /** Envoy is as it was before it was taken out of service, and so is the pod's readiness. */
  void undone() throws IOException {
    if (note.phase() == Phase.draining && !note.owed().isEmpty()) {
      hold(note.reason());
    } else {
      backInService();
    }
  }

  /** Everything that was owed is proved: gives readiness back. */
  void backInService() throws IOException {
    write(Note.of(Phase.in_service, "", Owed.NOTHING, note.tried()));
  }

  /** Envoy was asked to quit, and what is owed was not proved in time: stays unready. */
  void hold(String reason) throws IOException {
    write(Note.of(Phase.held, reason, note.owed(), note.tried()));
  }

  /** Never leaves half a note; what cannot be noted has not happened. */
  private void write(Note next) throws IOException {
    if (next.equals(Note.NOTHING)) {
      Files.deleteIfExists(file);
    } else {
      Path draft = directory.resolve("restart.json.new");
      Files.write(draft, Json.MAPPER.writeValueAsBytes(next));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    note = next;
  }
}
