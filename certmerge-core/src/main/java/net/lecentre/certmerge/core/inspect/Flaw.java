package net.lecentre.certmerge.core.inspect;

/** Ends the reading of a file at its first error; never leaves this package. */
final class Flaw extends Exception {
  private static final long serialVersionUID = 1;

  private final Code code;

  Flaw(Code code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  Finding finding(String where) {
    return new Finding(code, where + ": " + getMessage());
  }
}
