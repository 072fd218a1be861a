package net.lecentre.certmerge.reloader.probe;

import java.net.InetSocketAddress;

/**
 * A TLS listener.
 *
 * @param host its host name or address, an IPv6 address without brackets
 * @param port its port
 */
public record Endpoint(String host, int port) {
  /**
   * Reads {@code host:port}, {@code [::1]:port} included.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException("'" + text + "' lacks brackets around its IPv6 address");
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' has no port number", e);
    }
    if (host.isEmpty() || port < 1 || port > 65535) {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    return new Endpoint(host, port);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
