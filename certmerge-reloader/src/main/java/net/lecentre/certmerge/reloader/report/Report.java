package net.lecentre.certmerge.reloader.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.State;
import org.jspecify.annotations.Nullable;

/**
 * The status document.
 *
 * @param at when everything was last looked at
 * @param keys each key of the mount
 * @param problems what kept the reloader from seeing everything, as sentences
 * @param advice how restarts could be spared, as sentences
 * @param decision what it decided, as a sentence
 * @param lastAction what it last did; null when it has done nothing
 */
public record Report(
    Instant at,
    List<Key> keys,
    List<String> problems,
    List<String> advice,
    String decision,
    @Nullable LastAction lastAction) {
  /** Nothing has been looked at yet. */
  public static final Report NONE =
      new Report(
          Instant.EPOCH,
          List.of(),
          List.of("Nothing has been looked at yet."),
          List.of(),
          "",
          null);

  private static final JsonMapper JSON = new JsonMapper();

  /** Copies the lists. */
  public Report {
    keys = List.copyOf(keys);
    problems = List.copyOf(problems);
    advice = List.copyOf(advice);
  }

  /**
   * How a key stands.
   *
   * @param since since when it stands so
   * @param reason why, as a sentence
   */
  public record Key(
      String key,
      State state,
      List<String> hosts,
      @Nullable Certificate disk,
      @Nullable Certificate served,
      String since,
      String reason) {
    /** Copies the list. */
    public Key {
      hosts = List.copyOf(hosts);
    }

    /** From a status, and since when it is so. */
    public static Key of(KeyStatus status, Instant since) {
      return new Key(
          status.key(),
          status.state(),
          status.hosts(),
          Certificate.of(status.disk()),
          Certificate.of(status.served()),
          text(since),
          status.reason());
    }
  }

  /**
   * A leaf.
   *
   * @param serial lower-case hexadecimal, without leading zeros
   * @param sha256 the lower-case hexadecimal digest of its DER
   * @param notAfter the last instant of its validity
   */
  public record Certificate(String serial, String sha256, String notAfter) {
    static @Nullable Certificate of(@Nullable Leaf leaf) {
      return leaf == null
          ? null
          : new Certificate(leaf.serialHex(), leaf.sha256(), text(leaf.notAfter()));
    }
  }

  /** Whether every certificate is proved to be served. */
  public boolean allServed() {
    return problems.isEmpty()
        && !keys.isEmpty()
        && keys.stream().allMatch(key -> key.state() == State.Served);
  }

  /** The same with another decision and last action. */
  public Report with(String newDecision, @Nullable LastAction newLastAction) {
    return new Report(at, keys, problems, advice, newDecision, newLastAction);
  }

  /** The document as JSON. */
  public String json() {
    LastAction last = lastAction;
    Document document =
        new Document(
            keys,
            last == null
                ? null
                : new Done(last.action(), text(last.at()), last.result(), last.reason()),
            decision,
            problems,
            advice,
            text(at));
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of strings can always be written", e);
    }
  }

  private static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private record Document(
      List<Key> keys,
      @Nullable Done lastAction,
      String decision,
      List<String> problems,
      List<String> advice,
      String at) {}

  private record Done(String action, String at, String result, String reason) {}
}
