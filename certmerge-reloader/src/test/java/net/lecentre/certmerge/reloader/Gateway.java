package net.lecentre.certmerge.reloader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TlsClient;
import org.jspecify.annotations.Nullable;

/** A real Envoy that serves shop.example.com and blog.example.com from a mount. */
final class Gateway implements AutoCloseable {
  static final String SHOP = "shop.example.com";
  static final String BLOG = "blog.example.com";

  private final TestCa ca;
  private final Source source;
  private final KubeletMount mount = KubeletMount.create();
  private final Map<String, byte[]> files;
  private final EnvoyProcess envoy;

  private final Path directory;

  private Gateway(
      TestCa ca,
      Source source,
      Map<String, byte[]> files,
      @Nullable Path link,
      Duration restartDelay) {
    this.ca = ca;
    this.source = source;
    this.directory = link == null ? mount.directory() : link;
    this.files = new HashMap<>(files);
    if (files.isEmpty()) {
      put("shop-tls", ca.issue(SHOP));
      put("blog-tls", ca.issue(BLOG));
    }
    mount.project(this.files);
    if (link != null) {
      link(link);
    }
    envoy =
        EnvoyProcess.start(
            EnvoyConfig.of(
                    source,
                    Host.in(directory, SHOP, "shop-tls"),
                    Host.in(directory, BLOG, "blog-tls"))
                .restartAfter(restartDelay));
  }

  static Gateway with(Source source) {
    return new Gateway(TestCa.create(), source, Map.of(), null, Duration.ZERO);
  }

  /** One whose container is back so long after its end. */
  static Gateway restartedAfter(Duration delay, Source source) {
    return new Gateway(TestCa.create(), source, Map.of(), null, delay);
  }

  /**
   * One that sees its files through this directory, whose {@code ..data} is a link to the one that
   * is swapped, as with a CSI driver: Envoy does not see such a swap.
   */
  static Gateway behindLink(Path directory, Source source) {
    return new Gateway(TestCa.create(), source, Map.of(), directory, Duration.ZERO);
  }

  private void link(Path link) {
    try {
      Files.createSymbolicLink(link.resolve("..data"), mount.file("..data"));
      for (String name : files.keySet()) {
        Files.createSymbolicLink(link.resolve(name), Path.of("..data", name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where Envoy and the reloader see the files. */
  Path directory() {
    return directory;
  }

  /** Another Envoy with the same certificates, on a mount of its own. */
  Gateway replica() {
    return new Gateway(ca, source, files, null, Duration.ZERO);
  }

  TestCa ca() {
    return ca;
  }

  EnvoyProcess envoy() {
    return envoy;
  }

  KubeletMount mount() {
    return mount;
  }

  /** Puts a new pair for shop-tls on disk; returns its serial in hexadecimal. */
  String renewShop() {
    IssuedPair renewed = ca.issue(SHOP);
    put("shop-tls", renewed);
    mount.project(files);
    return renewed.serial().toString(16);
  }

  /** The same on this mount and on those of these replicas. */
  String renewShop(Gateway... replicas) {
    String serial = renewShop();
    for (Gateway replica : replicas) {
      replica.files.putAll(files);
      replica.mount.project(replica.files);
    }
    return serial;
  }

  /** Puts a new pair for shop.example.com on disk that Envoy is not configured with. */
  void renewSpare() {
    put("spare-tls", ca.issue(SHOP));
    mount.project(files);
  }

  /** Takes all files away. */
  void empty() {
    mount.project(Map.of());
  }

  /** Puts back what {@link #empty} took away. */
  void fill() {
    mount.project(files);
  }

  /** Takes the files of blog-tls away. */
  void removeBlog() {
    files.remove("blog-tls.crt");
    files.remove("blog-tls.key");
    mount.project(files);
  }

  /** Puts a pair for shop-tls on disk whose key is of another certificate. */
  void breakShop() {
    put("shop-tls", ca.issue(Request.forHosts(SHOP).withWrongKey()));
    mount.project(files);
  }

  /** The serial that a client sees of shop.example.com, in hexadecimal. */
  String shopOnTheWire() {
    return ((TlsClient.Served) TlsClient.handshake(envoy.listener(), SHOP))
        .leaf()
        .getSerialNumber()
        .toString(16);
  }

  /** A connection to shop.example.com that stays open. */
  SSLSocket connect() throws IOException {
    SSLSocket socket =
        (SSLSocket)
            ca.clientContext()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), envoy.listener().port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(SHOP)));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private void put(String key, IssuedPair pair) {
    files.put(key + ".crt", pair.crtBytes());
    files.put(key + ".key", pair.keyBytes());
    if (source == Source.MOUNTED_SDS) {
      files.put(key + ".sds.yaml", sds(key).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** What a CertMerge with the format EnvoySDS writes. */
  private String sds(String key) {
    return """
        resources:
        - "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"
          name: "%s"
          tls_certificate:
            certificate_chain: {filename: "%s/%s.crt"}
            private_key: {filename: "%s/%s.key"}
            watched_directory: {path: "%s"}
        """
        .formatted(key, directory, key, directory, key, directory);
  }

  @Override
  public void close() {
    envoy.close();
    mount.close();
  }
}
