package net.lecentre.certmerge.reloader;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs the reloader, and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(ReloaderCommand.commandLine(System.getenv()).execute(arguments));
  }
}
