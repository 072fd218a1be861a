package net.lecentre.certmerge.operator.terminal;

import java.io.PrintWriter;

/** One line that says how far long work is; it is gone when the work is done. */
public final class Progress implements AutoCloseable {
  private static final int STEP = 100;
  private static final String CLEAR = "\r\u001B[K";

  private final PrintWriter err;
  private final boolean watched;
  private boolean shown;

  Progress(PrintWriter err, boolean watched) {
    this.err = err;
    this.watched = watched;
  }

  /** So many are done; told now and then. */
  public void count(int done, String what) {
    if (done % STEP == 0) {
      say(done + " " + what);
    }
  }

  /** What is being done now. */
  public void say(String text) {
    if (watched) {
      err.print(CLEAR + text + " …");
      err.flush();
      shown = true;
    }
  }

  /** Takes the line away. */
  @Override
  public void close() {
    if (shown) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
