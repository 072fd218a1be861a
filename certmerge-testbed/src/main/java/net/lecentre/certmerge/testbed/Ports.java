package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds free ports for child processes that have to be told theirs. */
final class Ports {
  // Below the range that Linux and macOS take client ports from, so that no outgoing connection
  // gets there first.
  private static final int FIRST = 18_000;
  private static final int LAST = 31_999;

  private Ports() {}

  static int free() {
    for (int tries = 0; tries < 200; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // Try another one.
      }
    }
    throw new IllegalStateException(
        "no free port on the loopback between " + FIRST + " and " + LAST);
  }
}
