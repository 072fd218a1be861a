package net.lecentre.certmerge.reloader.decide;

import java.util.Optional;

/** Who starts an Envoy again that was asked to quit. */
public sealed interface Supervisor {

  /** Why it would not be started again, as a clause; empty when nothing speaks for that. */
  Optional<String> doubt();

  /** The container's own restart policy. */
  record Container() implements Supervisor {
    @Override
    public Optional<String> doubt() {
      return Optional.empty();
    }
  }

  /** Istio's pilot-agent; before 1.4 it takes an Envoy that ended with 0 for done. */
  record Istio(int major, int minor) implements Supervisor {
    @Override
    public Optional<String> doubt() {
      return major > 1 || (major == 1 && minor >= 4)
          ? Optional.empty()
          : Optional.of(
              "Istio " + major + "." + minor + " does not start an Envoy again that ended with 0");
    }
  }

  /**
   * It cannot be told.
   *
   * @param reason why, as a clause
   */
  record Untold(String reason) implements Supervisor {
    @Override
    public Optional<String> doubt() {
      return Optional.of("it is not known who would start it again (" + reason + ")");
    }
  }
}
