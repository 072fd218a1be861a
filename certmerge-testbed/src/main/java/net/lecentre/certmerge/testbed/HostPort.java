package net.lecentre.certmerge.testbed;

/**
 * A TCP address; its {@code toString} is {@code host:port}.
 *
 * @param host a host name or an IPv4 address
 * @param port the port
 */
public record HostPort(String host, int port) {
  private static final String LOOPBACK = "127.0.0.1";

  /** A loopback address whose port nothing listened on a moment ago. */
  public static HostPort free() {
    return new HostPort(LOOPBACK, Ports.free());
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
