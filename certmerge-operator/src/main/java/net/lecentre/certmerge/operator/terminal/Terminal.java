package net.lecentre.certmerge.operator.terminal;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Help.Ansi;

/**
 * What a command is run at.
 *
 * @param colours how text is coloured
 * @param watched whether somebody sees standard error as it is written
 */
public record Terminal(Colours colours, boolean watched) {
  /** Where Linux says what standard error is. */
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  /** None: the output is read by a program, or later. */
  public static final Terminal NONE = new Terminal(Colours.NONE, false);

  /** That of this process; {@code NO_COLOR} and its like are honoured. */
  public static Terminal ofProcess() {
    return new Terminal(new Colours(Ansi.AUTO.enabled()), isTerminal(STANDARD_ERROR));
  }

  static boolean isTerminal(Path descriptor) {
    try {
      String device = Files.readSymbolicLink(descriptor).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException notOnLinux) {
      return false;
    }
  }

  /** Tells how far long work is, if somebody watches. */
  public Progress progress(PrintWriter err) {
    return new Progress(err, watched);
  }
}
