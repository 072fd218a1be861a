package net.lecentre.certmerge.core.pem;

import java.util.List;
import java.util.Optional;

/**
 * What {@link PemReader} found.
 *
 * @param blocks the blocks before the damage, if there is one
 * @param damage why reading stopped early
 * @param blank whether the text is white space alone
 * @param extraText whether there is something besides blocks and blank lines
 */
public record PemText(
    List<PemBlock> blocks, Optional<Damage> damage, boolean blank, boolean extraText) {
  /** Copies the list. */
  public PemText {
    blocks = List.copyOf(blocks);
  }

  /**
   * Why a text cannot be read on.
   *
   * @param kind what sort of damage
   * @param line where, from 1
   * @param message what is wrong there; quotes nothing of a block's content
   */
  public record Damage(Kind kind, int line, String message) {}

  /** What sort of damage. */
  public enum Kind {
    /** The text is not PEM as it should be. */
    MALFORMED,
    /** There is more of it than is read. */
    TOO_LARGE
  }
}
