package net.lecentre.certmerge.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes Envoy's configuration files. */
final class EnvoyBootstrap {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String TYPE = "type.googleapis.com/envoy.extensions.";
  private static final String TLS = TYPE + "transport_sockets.tls.v3.";

  private static final String LDS = "listener.json";

  private static final Map<String, Object> NODE =
      Map.of("id", "certmerge-testbed", "cluster", "certmerge-testbed");

  private EnvoyBootstrap() {}

  /**
   * Writes the bootstrap, and with SDS a file for each host, into a directory; returns the
   * bootstrap.
   */
  static Path write(Path directory, EnvoyConfig config, HostPort admin, HostPort listener) {
    List<Object> chains = new ArrayList<>();
    for (EnvoyConfig.Host host : config.hosts()) {
      Map<String, Object> chain =
          filterChain(host, tlsContext(directory, config.source(), host, chains.size()));
      chain.put("name", host.sni());
      chain.put("filter_chain_match", Map.of("server_names", List.of(host.sni())));
      chains.add(chain);
    }
    Map<String, Object> served =
        Map.of(
            "name",
            "tls",
            "address",
            address(listener),
            // With it two Envoys could share the port by accident and nobody would know.
            "enable_reuse_port",
            false,
            "listener_filters",
            List.of(
                typed(
                    "envoy.filters.listener.tls_inspector",
                    TYPE + "filters.listener.tls_inspector.v3.TlsInspector")),
            "filter_chains",
            chains);
    if (config.source() != EnvoyConfig.Source.FILE_LDS) {
      return writeBootstrap(
          directory, admin, "static_resources", Map.of("listeners", List.of(served)));
    }
    writeListener(directory, served);
    return writeBootstrap(
        directory,
        admin,
        "dynamic_resources",
        Map.of("lds_config", fromFile(Map.of("path", directory.resolve(LDS).toString()))));
  }

  private static Path writeBootstrap(
      Path directory, HostPort admin, String resources, Map<String, Object> what) {
    return writeJson(
        directory.resolve("bootstrap.json"),
        Map.of("node", NODE, "admin", Map.of("address", address(admin)), resources, what));
  }

  private static void writeListener(Path directory, Map<String, Object> served) {
    Map<String, Object> listener = new LinkedHashMap<>(served);
    listener.put("@type", "type.googleapis.com/envoy.config.listener.v3.Listener");
    writeJson(directory.resolve(LDS), Map.of("resources", List.of(listener)));
  }

  /** Changes something without a meaning in the listener's file, and moves it into its place. */
  static void changeListener(Path directory, int version) {
    try {
      Path file = directory.resolve(LDS);
      JsonNode content = JSON.readTree(file.toFile());
      ((ObjectNode) content.path("resources").path(0))
          .putObject("metadata")
          .putObject("filter_metadata")
          .putObject("testbed")
          .put("version", version);
      Path next = writeJson(directory.resolve(LDS + ".next"), content);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot change " + LDS, e);
    }
  }

  /**
   * Writes a bootstrap that takes its listeners from a file (LDS), and that file: a listener for
   * each host, on a port that Envoy chooses. A listener that Envoy refuses leaves the others alone.
   */
  static Path writeListeners(Path directory, List<EnvoyConfig.Host> hosts, HostPort admin) {
    List<Object> listeners = new ArrayList<>();
    for (EnvoyConfig.Host host : hosts) {
      listeners.add(
          Map.of(
              "@type",
              "type.googleapis.com/envoy.config.listener.v3.Listener",
              "name",
              host.sni(),
              "address",
              address(new HostPort(admin.host(), 0)),
              "enable_reuse_port",
              false,
              "filter_chains",
              List.of(
                  filterChain(host, tlsContext(directory, EnvoyConfig.Source.STATIC, host, 0)))));
    }
    Path lds = writeJson(directory.resolve("lds.json"), Map.of("resources", listeners));
    return writeJson(
        directory.resolve("bootstrap.json"),
        Map.of(
            "node",
            NODE,
            "admin",
            Map.of("address", address(admin)),
            "dynamic_resources",
            Map.of("lds_config", fromFile(Map.of("path", lds.toString())))));
  }

  private static Map<String, Object> filterChain(
      EnvoyConfig.Host host, Map<String, Object> tlsContext) {
    return new LinkedHashMap<>(
        Map.of(
            "transport_socket",
            typed(
                "envoy.transport_sockets.tls",
                TLS + "DownstreamTlsContext",
                Map.of("common_tls_context", tlsContext)),
            "filters",
            List.of(answering(host.sni()))));
  }

  private static Map<String, Object> tlsContext(
      Path directory, EnvoyConfig.Source source, EnvoyConfig.Host host, int index) {
    if (source == EnvoyConfig.Source.MOUNTED_SDS) {
      String name = host.crt().getFileName().toString().replaceFirst("[.]crt$", "");
      return secret(
          name,
          Map.of(
              "path",
              host.crt().resolveSibling(name + ".sds.yaml").toString(),
              "watched_directory",
              watched(host)));
    }
    Map<String, Object> certificate = new LinkedHashMap<>();
    certificate.put("certificate_chain", Map.of("filename", host.crt().toString()));
    certificate.put("private_key", Map.of("filename", host.key().toString()));
    if (source == EnvoyConfig.Source.STATIC || source == EnvoyConfig.Source.FILE_LDS) {
      return Map.of("tls_certificates", List.of(certificate));
    }
    if (source == EnvoyConfig.Source.FILE_SDS_WATCHED) {
      certificate.put("watched_directory", watched(host));
    }
    Path sds =
        writeJson(
            directory.resolve("sds-" + index + ".json"),
            Map.of(
                "resources",
                List.of(
                    Map.of(
                        "@type",
                        TLS + "Secret",
                        "name",
                        host.sni(),
                        "tls_certificate",
                        certificate))));
    return secret(host.sni(), Map.of("path", sds.toString()));
  }

  private static Map<String, Object> watched(EnvoyConfig.Host host) {
    return Map.of("path", host.crt().resolveSibling("").toString());
  }

  private static Map<String, Object> secret(String name, Map<String, Object> source) {
    return Map.of(
        "tls_certificate_sds_secret_configs",
        List.of(Map.of("name", name, "sds_config", fromFile(source))));
  }

  private static Map<String, Object> fromFile(Map<String, Object> source) {
    return Map.of("path_config_source", source, "resource_api_version", "V3");
  }

  private static Map<String, Object> answering(String sni) {
    Map<String, Object> manager =
        new LinkedHashMap<>(
            typed(
                "envoy.filters.network.http_connection_manager",
                TYPE + "filters.network.http_connection_manager.v3.HttpConnectionManager",
                Map.of(
                    "stat_prefix",
                    "tls",
                    "http_filters",
                    List.of(
                        typed("envoy.filters.http.router", TYPE + "filters.http.router.v3.Router")),
                    "route_config",
                    Map.of(
                        "virtual_hosts",
                        List.of(
                            Map.of(
                                "name",
                                "all",
                                "domains",
                                List.of("*"),
                                "routes",
                                List.of(
                                    Map.of(
                                        "match",
                                        Map.of("prefix", "/"),
                                        "direct_response",
                                        Map.of(
                                            "status",
                                            200,
                                            "body",
                                            Map.of("inline_string", sni + "\n"))))))))));
    return manager;
  }

  private static Map<String, Object> typed(String name, String type) {
    return typed(name, type, Map.of());
  }

  private static Map<String, Object> typed(String name, String type, Map<String, Object> config) {
    Map<String, Object> typedConfig = new LinkedHashMap<>();
    typedConfig.put("@type", type);
    typedConfig.putAll(config);
    return Map.of("name", name, "typed_config", typedConfig);
  }

  private static Map<String, Object> address(HostPort it) {
    return Map.of("socket_address", Map.of("address", it.host(), "port_value", it.port()));
  }

  private static Path writeJson(Path file, Object content) {
    try {
      return Files.write(file, JSON.writeValueAsBytes(content));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
