package net.lecentre.certmerge.operator.terminal;

import picocli.CommandLine.Help.Ansi.Style;

/**
 * Colours of text; they say nothing that the text does not.
 *
 * @param on whether there are any
 */
public record Colours(boolean on) {
  /** Text as it is. */
  public static final Colours NONE = new Colours(false);

  /** Of what is well. */
  public String good(String text) {
    return in(Style.fg_green, text);
  }

  /** Of what should be looked at. */
  public String care(String text) {
    return in(Style.fg_yellow, text);
  }

  /** Of what is wrong. */
  public String bad(String text) {
    return in(Style.fg_red, text);
  }

  private String in(Style colour, String text) {
    return on && !text.isBlank() ? colour.on() + text + colour.off() : text;
  }
}
