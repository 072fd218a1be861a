package net.lecentre.certmerge.faults;

import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an operator and an API server, ends TLS as a load balancer may, and does to each
 * request what it is told to. Watches pass as WebSockets and as streams.
 */
public final class ApiProxy implements AutoCloseable {
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "upgrade",
          "host",
          "content-length",
          "transfer-encoding",
          "sec-websocket-key",
          "sec-websocket-version",
          "sec-websocket-extensions",
          "http2-settings");

  private static final String EXPIRED =
      """
      {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
      "message":"too old resource version","reason":"Expired","code":410}}\
      """;

  private final HttpUrl upstream;
  private final OkHttpClient client;
  private final MockWebServer server = new MockWebServer();
  private final Path kubeconfig;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = (call, passOn) -> passOn.get();

  /** What becomes of a request. */
  @FunctionalInterface
  public interface Fault {
    /**
     * Answers a request.
     *
     * @param passOn asks the API server; its answer, or a cut connection if there is none
     */
    MockResponse answer(Call call, PassOn passOn) throws InterruptedException;
  }

  /** Asks the API server. */
  @FunctionalInterface
  public interface PassOn {
    /** What it answers. */
    MockResponse get() throws InterruptedException;
  }

  /**
   * A request.
   *
   * @param path without the query
   * @param body empty where there is none
   */
  public record Call(String method, String path, boolean watch, String body) {
    /** Whether it may change a Secret of this name. */
    public boolean writesSecret(String name) {
      return writes() && (path.endsWith("/secrets/" + name) || path.endsWith("/secrets"));
    }

    /** Whether it may change the status of a CertMerge. */
    public boolean writesStatus() {
      return writes() && path.endsWith("/status") && path.contains("/certmerges/");
    }

    /** Whether it may change anything. */
    public boolean writes() {
      return !method.equals("GET");
    }
  }

  private ApiProxy(Path kubeconfig, URI upstream, Path directory) {
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    this.upstream = HttpUrl.get(upstream);
    this.client = client(config.getCaCertData());
    TestCa ca = TestCa.create();
    try {
      server.useHttps(serving(ca).getSocketFactory());
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
              return ApiProxy.this.dispatch(request);
            }
          });
      server.start(InetAddress.getLoopbackAddress(), 0);
      String own =
          Files.readString(kubeconfig)
              .replace(
                  config.getMasterUrl().replaceAll("/$", ""),
                  "https://127.0.0.1:" + server.getPort())
              .replace(
                  config.getCaCertData(),
                  Base64.getEncoder()
                      .encodeToString(ca.certificatePem().getBytes(StandardCharsets.UTF_8)));
      this.kubeconfig = Files.writeString(Files.createTempFile(directory, "proxied", ""), own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts one.
   *
   * @param kubeconfig whose rights are used
   * @param upstream the API server that is asked
   * @param directory where {@link #kubeconfig} is written
   */
  public static ApiProxy start(Path kubeconfig, URI upstream, Path directory) {
    return new ApiProxy(kubeconfig, upstream, directory);
  }

  /** The same rights, by way of this proxy. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** What is done to each request from now on. */
  public void play(Fault next) {
    fault = next;
  }

  /** Every request is passed on from now on. */
  public void behave() {
    play((call, passOn) -> passOn.get());
  }

  /** What was asked so far, or since {@link #forgetCalls}. */
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Forgets what was asked. */
  public void forgetCalls() {
    calls.clear();
  }

  /** Ends every watch that is open, without a word. */
  public void cutWatches() {
    watches.forEach(Watch::cut);
  }

  /** Ends every watch that is open as an API server that has forgotten what came before does. */
  public void expireWatches() {
    watches.forEach(Watch::expire);
  }

  /** An answer without anything of the API server. */
  public static MockResponse answer(int code) {
    String body =
        """
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"a fault",\
        "code":%d}\
        """
            .formatted(code);
    return new MockResponse.Builder()
        .code(code)
        .setHeader("Content-Type", "application/json")
        .setHeader("Retry-After", "1")
        .body(body)
        .build();
  }

  /** No answer: the connection ends. */
  public static MockResponse cut() {
    return new MockResponse.Builder()
        .code(503)
        .onResponseStart(new SocketEffect.CloseSocket())
        .build();
  }

  /** The same answer, later. */
  public static MockResponse late(MockResponse answer, Duration by) {
    return answer.newBuilder().headersDelay(by.toMillis(), TimeUnit.MILLISECONDS).build();
  }

  private MockResponse dispatch(RecordedRequest request) throws InterruptedException {
    // Nobody takes it, and it would be kept for ever.
    RecordedRequest ignored = server.takeRequest(0, TimeUnit.MILLISECONDS);
    HttpUrl url = request.getUrl();
    Call call =
        new Call(
            request.getMethod(),
            url.encodedPath(),
            "true".equals(url.queryParameter("watch")),
            request.getBody() == null ? "" : request.getBody().utf8());
    calls.add(call);
    return fault.answer(call, () -> passOn(request, call));
  }

  private MockResponse passOn(RecordedRequest request, Call call) throws InterruptedException {
    okhttp3.Request.Builder asked =
        new okhttp3.Request.Builder()
            .url(
                upstream
                    .newBuilder()
                    .encodedPath(request.getUrl().encodedPath())
                    .encodedQuery(request.getUrl().encodedQuery())
                    .build())
            .headers(endToEnd(request.getHeaders()));
    if ("websocket".equalsIgnoreCase(request.getHeaders().get("Upgrade"))) {
      return new Watch().open(asked.build());
    }
    String type = request.getHeaders().get("Content-Type");
    RequestBody body =
        request.getBody() == null
            ? call.writes() ? RequestBody.create(new byte[0]) : null
            : RequestBody.create(request.getBody(), type == null ? null : MediaType.parse(type));
    try {
      Response response = client.newCall(asked.method(call.method(), body).build()).execute();
      return call.watch() ? stream(response) : whole(response);
    } catch (IOException unreachable) {
      return cut();
    }
  }

  private static MockResponse whole(Response response) throws IOException {
    try (response) {
      Buffer body = new Buffer();
      body.writeAll(response.body().source());
      return head(response).body(body).build();
    }
  }

  private static MockResponse stream(Response response) {
    return head(response)
        .body(
            new MockResponseBody() {
              @Override
              public long getContentLength() {
                return -1;
              }

              @Override
              public void writeTo(BufferedSink sink) throws IOException {
                try (response) {
                  BufferedSource source = response.body().source();
                  Buffer some = new Buffer();
                  while (source.read(some, 8192) >= 0) {
                    sink.write(some, some.size());
                    sink.flush();
                  }
                }
              }
            })
        .onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
        .build();
  }

  private static MockResponse.Builder head(Response response) {
    return new MockResponse.Builder().code(response.code()).headers(endToEnd(response.headers()));
  }

  private static Headers endToEnd(Headers all) {
    Headers.Builder some = new Headers.Builder();
    all.forEach(
        header -> {
          String name = header.getFirst();
          if (!name.startsWith(":") && !HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
            some.addUnsafeNonAscii(name, header.getSecond());
          }
        });
    return some.build();
  }

  /** A watch over WebSockets: one on each side. */
  private final class Watch {
    private final CompletableFuture<MockResponse> opened = new CompletableFuture<>();
    private final Deque<String> early = new ArrayDeque<>();
    private @Nullable WebSocket near;
    private @Nullable WebSocket far;

    MockResponse open(okhttp3.Request request) throws InterruptedException {
      far =
          client.newWebSocket(
              request,
              new WebSocketListener() {
                @Override
                public void onOpen(WebSocket socket, Response response) {
                  opened.complete(upgrade());
                }

                @Override
                public void onMessage(WebSocket socket, String text) {
                  pass(text);
                }

                @Override
                public void onClosing(WebSocket socket, int code, String reason) {
                  socket.close(1000, null);
                  end();
                }

                @Override
                public void onFailure(
                    WebSocket socket, Throwable failure, @Nullable Response response) {
                  opened.complete(response == null ? ApiProxy.cut() : refusal(response));
                  Watch.this.cut();
                }
              });
      return opened.join();
    }

    private MockResponse refusal(Response response) {
      try {
        return whole(response);
      } catch (IOException e) {
        return ApiProxy.cut();
      }
    }

    private MockResponse upgrade() {
      return new MockResponse.Builder()
          .webSocketUpgrade(
              new WebSocketListener() {
                @Override
                public void onOpen(WebSocket socket, Response response) {
                  opened(socket);
                }

                @Override
                public void onClosing(WebSocket socket, int code, String reason) {
                  socket.close(1000, null);
                  end();
                }

                @Override
                public void onFailure(
                    WebSocket socket, Throwable failure, @Nullable Response response) {
                  Watch.this.cut();
                }
              })
          .build();
    }

    private synchronized void opened(WebSocket socket) {
      near = socket;
      watches.add(this);
      early.forEach(socket::send);
      early.clear();
    }

    private synchronized void pass(String text) {
      if (near == null) {
        early.add(text);
      } else {
        near.send(text);
      }
    }

    private synchronized void end() {
      watches.remove(this);
      if (near != null) {
        near.close(1000, null);
      }
      if (far != null) {
        far.close(1000, null);
      }
    }

    synchronized void cut() {
      watches.remove(this);
      if (near != null) {
        // "Going away": the server's side of OkHttp cannot break a connection off.
        near.close(1001, null);
      }
      if (far != null) {
        far.cancel();
      }
    }

    synchronized void expire() {
      if (near != null) {
        near.send(EXPIRED);
      }
      end();
    }
  }

  private static OkHttpClient client(String caData) {
    try {
      Certificate ca =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(caData)));
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("ca", ca);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      X509TrustManager trust =
          Arrays.stream(factory.getTrustManagers())
              .filter(X509TrustManager.class::isInstance)
              .map(X509TrustManager.class::cast)
              .findFirst()
              .orElseThrow();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      OkHttpClient client =
          new OkHttpClient.Builder()
              .sslSocketFactory(context.getSocketFactory(), trust)
              .readTimeout(Duration.ZERO)
              .build();
      client.dispatcher().setMaxRequests(1000);
      client.dispatcher().setMaxRequestsPerHost(1000);
      return client;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot trust the API server", e);
    }
  }

  /** What a server on this machine serves TLS with. */
  public static SSLContext serving(TestCa ca) {
    IssuedPair pair = ca.issue(Request.forHosts("localhost").ipAddresses("127.0.0.1"));
    try {
      String der = pair.keyPem().replaceAll("-----[^-]*-----|\\s", "");
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(der)));
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry("serving", key, new char[0], pair.chain().toArray(Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot serve TLS", e);
    }
  }

  @Override
  public void close() {
    cutWatches();
    server.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
