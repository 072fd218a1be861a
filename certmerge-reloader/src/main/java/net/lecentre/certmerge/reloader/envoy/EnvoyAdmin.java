package net.lecentre.certmerge.reloader.envoy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.LoadedCertificate;
import net.lecentre.certmerge.reloader.decide.Supervisor;
import okhttp3.ConnectionSpec;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Envoy's admin interface, over HTTP or a Unix domain socket. */
public final class EnvoyAdmin implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Set<String> KINDS = Set.of("cert_chain", "ca_cert");
  private static final Pattern ISTIO_VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  private final HttpUrl base;
  private final OkHttpClient http;
  private byte @Nullable [] lastAnswer;
  private List<LoadedCertificate> loaded = List.of();

  private EnvoyAdmin(HttpUrl base, OkHttpClient http) {
    this.base = base;
    this.http = http;
  }

  /**
   * A client of an admin interface; does not connect yet.
   *
   * @param address {@code http://host:port} or {@code unix:///path}
   * @param timeout for a whole call
   * @throws IllegalArgumentException when the address is anything else
   */
  public static EnvoyAdmin at(URI address, Duration timeout) {
    OkHttpClient.Builder client =
        new OkHttpClient.Builder()
            // The admin interface is beside us: whatever proxy is configured does not lead to it.
            .proxy(Proxy.NO_PROXY)
            .followRedirects(false)
            // Never TLS: without this line all that is trusted would be loaded.
            .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
            .callTimeout(timeout)
            .connectTimeout(timeout)
            .readTimeout(timeout)
            .writeTimeout(timeout)
            // A POST that may have arrived must not be sent again.
            .retryOnConnectionFailure(false);
    if ("unix".equals(address.getScheme())
        && address.getPath() != null
        && address.getPath().length() > 1) {
      client.socketFactory(new UnixSocketFactory(Path.of(address.getPath())));
      return new EnvoyAdmin(HttpUrl.get("http://localhost/"), client.build());
    }
    HttpUrl url = HttpUrl.parse(address.toString());
    if (url == null || !url.scheme().equals("http")) {
      throw new IllegalArgumentException(
          "'" + address + "' is neither http://host:port nor unix:///path");
    }
    return new EnvoyAdmin(url, client.build());
  }

  /** Whether an address leads to this machine alone; the admin interface has no authentication. */
  public static boolean isLocal(URI address) {
    if ("unix".equals(address.getScheme())) {
      return true;
    }
    String host = address.getHost();
    try {
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** What Envoy says of itself; an admin interface that does not answer is such a state too. */
  public EnvoyState state() {
    try (Response response = get("server_info");
        JsonParser parser = JSON.createParser(response.body().byteStream())) {
      return serverInfo(parser);
    } catch (IOException e) {
      return new EnvoyState.Unreachable(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** Reads only the start of the document: the extensions that follow are some hundred kB. */
  private static EnvoyState serverInfo(JsonParser parser) throws IOException {
    String state = null;
    Duration uptime = null;
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("server_info is no JSON object");
    }
    while ((state == null || uptime == null) && parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "state" -> state = parser.getText();
        case "uptime_current_epoch" -> uptime = seconds(parser.getText());
        default -> parser.skipChildren();
      }
    }
    if (state == null || uptime == null) {
      throw new IOException("server_info names no state and uptime");
    }
    return new EnvoyState.Up(state, uptime);
  }

  private static Duration seconds(String text) throws IOException {
    try {
      return Duration.parse("PT" + text);
    } catch (DateTimeException e) {
      throw new IOException("server_info has an uptime of '" + text + "'", e);
    }
  }

  /** Who starts this Envoy again when it has quit, by what its bootstrap says of its node. */
  public Supervisor supervisor() {
    try (Response response = get("config_dump");
        JsonParser parser = JSON.createParser(response.body().byteStream())) {
      return supervisor(node(parser));
    } catch (IOException e) {
      return new Supervisor.Untold(String.valueOf(e.getMessage()));
    }
  }

  /** For what is rarely asked: it is some hundred classes, which a sidecar does without else. */
  private static final class Trees {
    private static final ObjectMapper JSON = new ObjectMapper();
  }

  /** Reads no further than the bootstrap's node: the rest may be megabytes. */
  private static JsonNode node(JsonParser parser) throws IOException {
    String path = "/configs/0/bootstrap/node";
    while (parser.nextToken() != null) {
      if (parser.currentToken() == JsonToken.START_OBJECT
          && parser.getParsingContext().pathAsPointer().toString().equals(path)) {
        return Trees.JSON.readTree(parser);
      }
    }
    throw new IOException("config_dump names no node");
  }

  private static Supervisor supervisor(JsonNode node) {
    JsonNode metadata = node.path("metadata");
    boolean istio =
        node.path("id").asText().startsWith("router~")
            || metadata.has("ISTIO_VERSION")
            || metadata.has("ISTIO_PROXY_VERSION");
    if (!istio) {
      return new Supervisor.Container();
    }
    String version =
        metadata.path("ISTIO_VERSION").asText(metadata.path("ISTIO_PROXY_VERSION").asText());
    Matcher numbers = ISTIO_VERSION.matcher(version);
    return numbers.lookingAt()
        ? new Supervisor.Istio(
            Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
        : new Supervisor.Untold("this is Istio's, of a version '" + version + "'");
  }

  /**
   * The leaves and the trusted certificates that Envoy has loaded for listeners and clusters; the
   * same list as long as it gives the same answer.
   */
  public List<LoadedCertificate> certificates() throws IOException {
    byte[] answer;
    try (Response response = get("certs")) {
      answer = response.body().bytes();
    }
    if (!Arrays.equals(answer, lastAnswer)) {
      try (JsonParser parser = JSON.createParser(answer)) {
        loaded = loaded(parser);
      }
      lastAnswer = answer;
    }
    return loaded;
  }

  /** Of each entry the serials and paths of its certificates, wherever else such names may be. */
  private static List<LoadedCertificate> loaded(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT
        || !"certificates".equals(parser.nextFieldName())
        || parser.nextToken() != JsonToken.START_ARRAY) {
      throw new IOException("/certs is no list of certificates");
    }
    List<LoadedCertificate> loaded = new ArrayList<>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      for (String kind = parser.nextFieldName(); kind != null; kind = parser.nextFieldName()) {
        boolean certificates = parser.nextToken() == JsonToken.START_ARRAY && KINDS.contains(kind);
        while (certificates && parser.nextToken() == JsonToken.START_OBJECT) {
          loaded.add(certificate(parser));
        }
        parser.skipChildren();
      }
    }
    return List.copyOf(loaded);
  }

  private static LoadedCertificate certificate(JsonParser parser) throws IOException {
    String serial = "";
    String path = "";
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      parser.nextToken();
      switch (field) {
        case "serial_number" -> serial = parser.getText();
        case "path" -> path = parser.getText();
        default -> parser.skipChildren();
      }
    }
    return new LoadedCertificate(withoutLeadingZeros(serial), path);
  }

  /**
   * The statistics by which Envoy counts what it refused of SDS since it started, such as {@code
   * sds.shop.key_rotation_failed}: it may serve something better than what it would get now.
   */
  public List<String> refusals() throws IOException {
    List<String> refusals = new ArrayList<>();
    String filter = "(^|\\.)sds\\..*\\.(key_rotation_failed|update_rejected)$";
    for (JsonNode stat : stats(filter).path("stats")) {
      if (stat.path("value").asLong() > 0) {
        refusals.add(stat.path("name").asText());
      }
    }
    return refusals;
  }

  private static String withoutLeadingZeros(String hex) {
    int start = 0;
    while (start < hex.length() - 1 && hex.charAt(start) == '0') {
      start++;
    }
    return hex.substring(start);
  }

  /** Whether Envoy calls itself ready; says nothing about its certificates. */
  public boolean ready() throws IOException {
    try (Response response =
        http.newCall(new Request.Builder().url(url("ready")).build()).execute()) {
      return response.isSuccessful();
    }
  }

  /**
   * How many connections the listeners on these ports have open.
   *
   * @return empty when Envoy keeps no such statistics
   */
  public OptionalLong activeConnections(Set<Integer> ports) throws IOException {
    String filter = "^listener\\..*\\.downstream_cx_active$";
    JsonNode stats = stats(filter).path("stats");
    long ours = 0;
    long all = 0;
    boolean foundOurs = false;
    boolean found = false;
    for (JsonNode stat : stats) {
      String name = stat.path("name").asText();
      String listener =
          name.substring("listener.".length(), name.length() - ".downstream_cx_active".length());
      if (listener.startsWith("admin") || listener.matches(".*\\.(worker_\\d+|main_thread)")) {
        continue;
      }
      found = true;
      all += stat.path("value").asLong();
      if (ports.stream().anyMatch(port -> listener.endsWith("_" + port))) {
        foundOurs = true;
        ours += stat.path("value").asLong();
      }
    }
    if (foundOurs) {
      return OptionalLong.of(ours);
    }
    return found ? OptionalLong.of(all) : OptionalLong.empty();
  }

  /** Has Envoy's health check fail: it goes on serving, but asks its clients to leave. */
  public void failHealthcheck() throws IOException {
    post("healthcheck/fail");
  }

  /** Undoes {@link #failHealthcheck}. */
  public void passHealthcheck() throws IOException {
    post("healthcheck/ok");
  }

  /** Has Envoy exit at once; whoever runs it starts it again. */
  public void quit() throws IOException {
    post("quitquitquit");
  }

  private JsonNode stats(String filter) throws IOException {
    HttpUrl url =
        url("stats")
            .newBuilder()
            .addQueryParameter("filter", filter)
            .addQueryParameter("format", "json")
            .build();
    try (Response response = checked(new Request.Builder().url(url).build())) {
      return Trees.JSON.readTree(response.body().byteStream());
    }
  }

  private Response get(String path) throws IOException {
    return checked(new Request.Builder().url(url(path)).build());
  }

  private void post(String path) throws IOException {
    checked(new Request.Builder().url(url(path)).post(RequestBody.create(new byte[0])).build())
        .close();
  }

  private Response checked(Request request) throws IOException {
    Response response = http.newCall(request).execute();
    if (!response.isSuccessful()) {
      response.close();
      throw new IOException(
          request.method() + " " + request.url().encodedPath() + " answered " + response.code());
    }
    return response;
  }

  private HttpUrl url(String path) {
    return base.newBuilder().addPathSegments(path).build();
  }

  @Override
  public void close() {
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
