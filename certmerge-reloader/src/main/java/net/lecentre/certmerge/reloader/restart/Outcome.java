package net.lecentre.certmerge.reloader.restart;

/**
 * How an action ended.
 *
 * @param result what became of it
 * @param reason one sentence
 */
public record Outcome(Result result, String reason) {
  /** What became of an action. */
  public enum Result {
    /** It did what it should, and that was verified. */
    done,
    /** It was broken off before Envoy was asked to quit; everything is as it was. */
    called_off,
    /** Envoy was asked to quit, and cannot be proved to serve what is on disk since. */
    not_verified,
    /** It failed, and is tried again; Envoy may still be out of service. */
    failed
  }
}
