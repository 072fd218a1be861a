package net.lecentre.certmerge.operator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP port that leads to another one, until the road is closed. */
final class FlakyRoad implements AutoCloseable {
  private final ServerSocket entrance;
  private final int destination;
  private final Set<Socket> travellers = ConcurrentHashMap.newKeySet();
  private volatile boolean open = true;

  /** Opens a road to a port of this machine. */
  FlakyRoad(int destination) {
    this.destination = destination;
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::receive);
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** Ends every connection, and each new one at once. */
  void closeRoad() {
    open = false;
    travellers.forEach(FlakyRoad::end);
  }

  void openRoad() {
    open = true;
  }

  private void receive() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        if (!open) {
          end(near);
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), destination);
        travellers.add(near);
        travellers.add(far);
        start(() -> carry(near, far));
        start(() -> carry(far, near));
      } catch (IOException closed) {
        // The next round of the loop finds out whether for good.
      }
    }
  }

  private void carry(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException closed) {
      // What one side ends, the other one sees below.
    } finally {
      end(from);
      end(to);
      travellers.remove(from);
      travellers.remove(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException ended) {
      // It is what was wanted.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "road");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    closeRoad();
    try {
      entrance.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
