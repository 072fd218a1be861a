package net.lecentre.certmerge.core.inspect;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.core.pem.PemBlock;
import net.lecentre.certmerge.core.pem.PemBlock.Header;
import net.lecentre.certmerge.core.pem.PemReader;
import net.lecentre.certmerge.core.pem.PemText;
import net.lecentre.certmerge.core.pem.PemWriter;

/** Reads {@code tls.key}: the first private key in it, which is the one Envoy takes. */
final class KeyFile {
  private static final String DSA = "DSA PRIVATE KEY";
  private static final String ANY = "ANY PRIVATE KEY";

  /** BoringSSL takes the first block with one of these labels, and skips all others. */
  private static final Set<String> LABELS =
      Set.of(
          PrivateKeyReader.PKCS8,
          PrivateKeyReader.PKCS1,
          PrivateKeyReader.SEC1,
          PrivateKeyReader.ENCRYPTED,
          DSA,
          ANY);

  private static final PemFile FILE = new PemFile("tls.key", Code.KEY_MALFORMED);

  private KeyFile() {}

  /**
   * A key and where it stands.
   *
   * @param key the key
   * @param where how messages begin
   * @param pem the key as it is written out
   */
  // Never compared as a record.
  @SuppressWarnings("ArrayRecordComponent")
  record Placed(PrivateKey key, String where, byte[] pem) {
    /** Names the place; holds nothing of the key. */
    @Override
    public String toString() {
      return where;
    }
  }

  /** The key; empty when there is an error. */
  static Optional<Placed> read(byte[] bytes, List<Finding> findings) {
    PemText text = PemReader.read(bytes);
    List<PemBlock> keys = text.labelled(LABELS);
    if (keys.isEmpty()) {
      noKey(text, findings);
      return Optional.empty();
    }
    if (keys.size() > 1) {
      findings.add(
          FILE.finding(
              Code.MULTIPLE_KEYS,
              keys.get(1),
              "another private key; only the first is read, in line " + keys.get(0).line()));
    }
    PemBlock block = keys.get(0);
    PrivateKeyReader reader = new PrivateKeyReader(block.der());
    try {
      PrivateKey key = key(block, reader);
      label(block, Optional.of(key.label()), findings);
      form(text, block, findings);
      boolean written =
          text.canonical() && text.blocks().size() == 1 && block.label().equals(key.label());
      byte[] pem = written ? bytes.clone() : PemWriter.write(key.label(), key.der());
      return Optional.of(new Placed(key, FILE.where(block), pem));
    } catch (Flaw flaw) {
      label(block, reader.label(), findings);
      findings.add(flaw.finding(FILE.where(block)));
      return Optional.empty();
    }
  }

  /** Tells when the label does not go with the key's encoding, where that is known. */
  private static void label(PemBlock block, Optional<String> fitting, List<Finding> findings) {
    fitting
        .filter(label -> !label.equals(block.label()))
        .ifPresent(
            label ->
                findings.add(
                    FILE.finding(
                        Code.KEY_LABEL,
                        block,
                        "the label " + block.label() + " stands over a " + label)));
  }

  private static void noKey(PemText text, List<Finding> findings) {
    text.first(
            block ->
                block.label().toUpperCase(Locale.ROOT).endsWith("KEY")
                    && !block.label().contains("PUBLIC"))
        .ifPresent(
            block ->
                findings.add(
                    FILE.finding(
                        Code.KEY_LABEL,
                        block,
                        "keys with the label "
                            + PemBlock.quoted(block.label())
                            + " are not read")));
    if (text.damage().isPresent()) {
      findings.add(FILE.damage(text.damage().get()));
    } else if (text.blank()) {
      findings.add(FILE.finding(Code.KEY_EMPTY, "the file is empty"));
    } else if (text.blocks().isEmpty()) {
      findings.add(FILE.finding(Code.KEY_NOT_PEM, "there is no PEM block in the file"));
    } else {
      PemBlock first = text.blocks().get(0);
      findings.add(
          FILE.finding(
              Code.KEY_NO_PRIVATE_KEY,
              first,
              "this is a block "
                  + PemBlock.quoted(first.label())
                  + ", and the file holds no private key that is read"));
    }
  }

  private static PrivateKey key(PemBlock block, PrivateKeyReader reader) throws Flaw {
    if (block.label().equals(PrivateKeyReader.ENCRYPTED) || block.header() == Header.ENCRYPTED) {
      throw new Flaw(Code.ENCRYPTED_KEY, "the key is encrypted, and nobody would give a password");
    }
    if (block.header() != Header.NONE) {
      throw new Flaw(Code.KEY_MALFORMED, "a blank line or a header stands inside the key's block");
    }
    if (block.label().equals(ANY)) {
      throw new Flaw(Code.KEY_NO_PRIVATE_KEY, "keys with the label " + ANY + " are not read");
    }
    if (block.label().equals(DSA)) {
      throw new Flaw(Code.UNSUPPORTED_KEY, "the key is DSA");
    }
    return reader.read(block.label());
  }

  private static void form(PemText text, PemBlock key, List<Finding> findings) {
    if (text.damage().isPresent()) {
      findings.add(
          FILE.finding(
              Code.EXTRA_TEXT,
              "line "
                  + text.damage().get().line()
                  + ": what follows the key is damaged and left out"));
    } else {
      // EC PARAMETERS is what openssl ecparam writes before each key; other keys are told already.
      FILE.form(
          text,
          List.of(key),
          block -> !LABELS.contains(block.label()) && !block.label().equals("EC PARAMETERS"),
          findings);
    }
  }
}
