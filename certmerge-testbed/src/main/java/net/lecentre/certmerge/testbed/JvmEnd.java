package net.lecentre.certmerge.testbed;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes away what this JVM has made when it ends, by Ctrl-C and SIGTERM too and however far it got:
 * child processes and temporary directories, the last made first, so that a directory goes after
 * the children that write there.
 */
public final class JvmEnd {
  private static final Deque<AutoCloseable> OWNED = new ArrayDeque<>();
  private static boolean begun;

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(JvmEnd::clear, "jvm-end"));
    } catch (IllegalStateException ending) {
      begun = true;
    }
  }

  private JvmEnd() {}

  /** Whether this JVM is ending: what fails from now on fails because of that. */
  public static boolean hasBegun() {
    synchronized (OWNED) {
      return begun;
    }
  }

  /**
   * Makes something that is closed at the end of the JVM unless it was {@linkplain #disown
   * disowned}.
   *
   * @throws IllegalStateException if the JVM is ending: nobody would take it away any more
   */
  static <T extends AutoCloseable> T own(Supplier<T> make) {
    // Made under the lock, so that the end comes before it or knows of it.
    synchronized (OWNED) {
      if (begun) {
        throw new IllegalStateException("this JVM is ending");
      }
      T made = make.get();
      OWNED.push(made);
      return made;
    }
  }

  /** Forgets something that is gone. */
  static void disown(AutoCloseable gone) {
    synchronized (OWNED) {
      OWNED.remove(gone);
    }
  }

  private static void clear() {
    List<AutoCloseable> lastFirst;
    synchronized (OWNED) {
      begun = true;
      lastFirst = List.copyOf(OWNED);
    }
    for (AutoCloseable owned : lastFirst) {
      try {
        owned.close();
      } catch (Exception e) {
        System.err.println("could not end " + owned + ": " + e.getMessage());
      }
    }
  }
}
