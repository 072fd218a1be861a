package net.lecentre.certmerge.core.inspect;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import net.lecentre.certmerge.core.pem.PemBlock;
import net.lecentre.certmerge.core.pem.PemText;
import net.lecentre.certmerge.core.pem.PemText.Damage;
import net.lecentre.certmerge.core.pem.PemText.Kind;

/** What both files have in common: text, blocks, and the findings about their form. */
final class PemFile {
  private final String name;
  private final Code malformed;

  /**
   * A file.
   *
   * @param name what messages call it
   * @param malformed what damaged text is reported as
   */
  PemFile(String name, Code malformed) {
    this.name = name;
    this.malformed = malformed;
  }

  Finding finding(Code code, String message) {
    return new Finding(code, name + ": " + message);
  }

  Finding finding(Code code, PemBlock block, String message) {
    return new Finding(code, where(block) + ": " + message);
  }

  /** How messages about a block begin. */
  String where(PemBlock block) {
    return name + ": block " + block.number() + ", line " + block.line();
  }

  Finding damage(Damage damage) {
    Code code = damage.kind() == Kind.TOO_LARGE ? Code.TOO_LARGE : malformed;
    return finding(code, "line " + damage.line() + ": " + damage.message());
  }

  /**
   * What is told about form.
   *
   * @param text the file
   * @param used the blocks that are written out
   * @param leftOut the blocks that are worth a word when they are left out
   * @param findings where it is told
   */
  void form(
      PemText text, List<PemBlock> used, Predicate<PemBlock> leftOut, List<Finding> findings) {
    for (PemBlock block : used) {
      if (!block.canonical()) {
        findings.add(finding(Code.PEM_FORMAT, block, "not written canonically"));
        break;
      }
    }
    Optional<PemBlock> first = text.first(block -> leftOut.test(block) && !used.contains(block));
    if (first.isPresent()) {
      String label = PemBlock.quoted(first.get().label());
      findings.add(finding(Code.EXTRA_TEXT, first.get(), "a block " + label + " is left out"));
    } else if (text.extraText()) {
      String where = "line " + text.extraLine() + ": ";
      findings.add(finding(Code.EXTRA_TEXT, where + "text around the blocks is left out"));
    }
  }
}
