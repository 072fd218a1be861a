package net.lecentre.certmerge.reloader.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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

  private static final JsonFactory JSON = new JsonFactory();

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
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeArrayFieldStart("keys");
      for (Key key : keys) {
        write(out, key);
      }
      out.writeEndArray();
      write(out, lastAction);
      out.writeStringField("decision", decision);
      write(out, "problems", problems);
      write(out, "advice", advice);
      out.writeStringField("at", text(at));
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string can always be written to", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, Key key) throws IOException {
    out.writeStartObject();
    out.writeStringField("key", key.key());
    out.writeStringField("state", key.state().name());
    write(out, "hosts", key.hosts());
    write(out, "disk", key.disk());
    write(out, "served", key.served());
    out.writeStringField("since", key.since());
    out.writeStringField("reason", key.reason());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, @Nullable Certificate certificate)
      throws IOException {
    if (certificate == null) {
      out.writeNullField(name);
      return;
    }
    out.writeObjectFieldStart(name);
    out.writeStringField("serial", certificate.serial());
    out.writeStringField("sha256", certificate.sha256());
    out.writeStringField("notAfter", certificate.notAfter());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, @Nullable LastAction action) throws IOException {
    if (action == null) {
      out.writeNullField("lastAction");
      return;
    }
    out.writeObjectFieldStart("lastAction");
    out.writeStringField("action", action.action());
    out.writeStringField("at", text(action.at()));
    out.writeStringField("result", action.result());
    out.writeStringField("reason", action.reason());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, List<String> texts) throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }

  private static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
