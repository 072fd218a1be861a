package net.lecentre.certmerge.faults.model;

import net.lecentre.certmerge.faults.model.World.Name;
import net.lecentre.certmerge.faults.model.World.Source;
import net.lecentre.certmerge.faults.model.World.Spec;

/**
 * A step of a history. Each makes sense whatever was before, so that a history stays one when steps
 * are left out.
 */
sealed interface Step {
  /** A source is created, renewed, broken, mended, relabelled, let or not let be read. */
  record Put(Name name, Source source) implements Step {
    @Override
    public String toString() {
      return "put %s, %s%s%s%s"
          .formatted(
              name,
              source.good() ? "good " : "broken ",
              source.pair().serial().toString(16).substring(0, 6),
              source.labelled() ? ", labelled" : "",
              source.consents() ? ", consents" : "");
    }
  }

  /** A source is deleted. */
  record Delete(Name name) implements Step {}

  /** A CertMerge is created or changed. */
  record Merge(Name name, Spec spec) implements Step {}

  /** A CertMerge is deleted. */
  record Unmerge(Name name) implements Step {}

  /** Somebody overwrites an entry of a target with nonsense, or deletes the target. */
  record Meddle(Name certMerge, String key, boolean delete) implements Step {}

  /** What the API server or the operator suffers while the next steps are made. */
  record Suffer(Fault fault) implements Step {}

  /** The steps up to here are to be carried out. */
  record Settle() implements Step {}

  /** Kinds of faults. */
  enum Fault {
    ERRORS,
    LOST_ANSWERS,
    CUT_WATCHES,
    EXPIRED_WATCHES,
    KILLED
  }
}
