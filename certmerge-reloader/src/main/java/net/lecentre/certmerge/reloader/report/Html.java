package net.lecentre.certmerge.reloader.report;

/** Text in HTML. What it says comes from certificates and file names, so from anybody. */
final class Html {
  private static final char NOT_SHOWN = '\uFFFD';

  private Html() {}

  /**
   * Text that stands for itself, in an element or in a quoted attribute. Characters that nobody
   * sees, and those that turn the direction of writing, are shown as a replacement character.
   */
  static String text(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(character -> append(out, character));
    return out.toString();
  }

  private static void append(StringBuilder out, int character) {
    switch (character) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      case '\n' -> out.append('\n');
      default -> {
        switch (Character.getType(character)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              out.append(NOT_SHOWN);
          default -> out.appendCodePoint(character);
        }
      }
    }
  }
}
