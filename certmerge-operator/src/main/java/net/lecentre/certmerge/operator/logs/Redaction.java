package net.lecentre.certmerge.operator.logs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of a text what may be a key. Nothing of certmerge writes one; but what a library or a
 * webhook says of a failed request may quote what was sent.
 */
public final class Redaction {
  private static final String INSTEAD = "[redacted]";

  /** PEM, to its end or the end of the text. */
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN .*?(?:-----END [A-Z0-9 ]*+-----|\\z)", Pattern.DOTALL);

  /** Shorter ones are no key; a line of PEM has 64. */
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]{44,}+={0,2}+");

  private Redaction() {}

  /** The text without what may be a key. */
  public static String of(String text) {
    String withoutPem = text.contains("-----BEGIN ") ? PEM.matcher(text).replaceAll(INSTEAD) : text;
    return BASE64
        .matcher(withoutPem)
        .replaceAll(
            found -> Matcher.quoteReplacement(isBinary(found.group()) ? INSTEAD : found.group()));
  }

  /** Names, paths and hex digests are of one letter case. */
  private static boolean isBinary(String run) {
    return run.chars().anyMatch(Character::isUpperCase)
        && run.chars().anyMatch(Character::isLowerCase)
        && run.chars().anyMatch(Character::isDigit);
  }
}
