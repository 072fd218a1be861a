package net.lecentre.certmerge.testbed;

import java.net.URI;
import java.util.function.Function;

/** A further kube-apiserver of a {@link ControlPlane}; it ends with that at the latest. */
public final class ApiServerProcess implements AutoCloseable {
  private final HostPort address;
  private final Function<HostPort, ChildProcess> starting;
  private ChildProcess child;

  ApiServerProcess(HostPort address, Function<HostPort, ChildProcess> starting) {
    this.address = address;
    this.starting = starting;
    this.child = starting.apply(address);
  }

  /** Where it answers; the same after a restart. */
  public URI uri() {
    return URI.create("https://" + address);
  }

  /** Ends it by SIGKILL. */
  public void kill() {
    child.kill();
  }

  /** Starts it again after its end; returns when it is ready. */
  public void start() {
    child = starting.apply(address);
  }

  @Override
  public void close() {
    child.close();
  }
}
