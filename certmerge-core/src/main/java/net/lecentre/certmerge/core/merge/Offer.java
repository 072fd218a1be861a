package net.lecentre.certmerge.core.merge;

import net.lecentre.certmerge.core.inspect.Inspection;

/** What one source has for one key of the target. */
public sealed interface Offer {
  /** The key in the target, without a file's ending. */
  String key();

  /** The source's name, as people write it: {@code namespace/name}. */
  String source();

  /**
   * The source exists and was inspected.
   *
   * @param key the key in the target
   * @param source the source's name
   * @param inspection what was found out about its pair
   */
  record Content(String key, String source, Inspection inspection) implements Offer {}

  /**
   * The source is asked for and has nothing usable. What the target holds of it leaves, after the
   * grace period where the reason is that it is gone.
   *
   * @param key the key in the target
   * @param source the source's name
   * @param reason why
   * @param message what is wrong and what to do
   */
  record Absent(String key, String source, Reason reason, String message) implements Offer {}

  /**
   * The source is not asked for, and its owner does not consent any more: what the target holds of
   * it leaves at once, and nothing is told of it.
   *
   * @param key the key in the target
   * @param source the source's name
   */
  record Withdrawn(String key, String source) implements Offer {}

  /** Why a source has nothing usable. */
  enum Reason {
    /** There is no such Secret. */
    NOT_FOUND("NotFound"),
    /** The Secret is not of type {@code kubernetes.io/tls}. */
    NOT_TLS("NotTls"),
    /** Its owner has not consented. */
    NOT_ALLOWED("NotAllowed"),
    /** It is itself the target of a merge. */
    MANAGED("Managed");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** The reason as a status shows it. */
    public String text() {
      return text;
    }
  }
}
