package net.lecentre.certmerge.core.pem;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What {@link PemReader} found.
 *
 * @param blocks the blocks before the damage, if there is one
 * @param damage why reading stopped early
 * @param blank whether the text is white space alone
 * @param extraLine the first line, from 1, with something that is neither a block nor blank; 0 when
 *     there is none
 * @param canonical whether {@link PemWriter} would write the blocks as this very text
 */
public record PemText(
    List<PemBlock> blocks,
    Optional<Damage> damage,
    boolean blank,
    int extraLine,
    boolean canonical) {
  /** Copies the list. */
  public PemText {
    blocks = List.copyOf(blocks);
  }

  /** Whether there is something besides blocks and blank lines. */
  public boolean extraText() {
    return extraLine > 0;
  }

  /** The blocks with one of some labels, in the order of the text. */
  public List<PemBlock> labelled(Set<String> labels) {
    List<PemBlock> labelled = new ArrayList<>();
    for (PemBlock block : blocks) {
      if (labels.contains(block.label())) {
        labelled.add(block);
      }
    }
    return labelled;
  }

  /** The first block that is so. */
  public Optional<PemBlock> first(Predicate<PemBlock> so) {
    for (PemBlock block : blocks) {
      if (so.test(block)) {
        return Optional.of(block);
      }
    }
    return Optional.empty();
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
