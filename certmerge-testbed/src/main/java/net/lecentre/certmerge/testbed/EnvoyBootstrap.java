package net.lecentre.certmerge.testbed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private EnvoyBootstrap() {}

  /**
   * Writes the bootstrap, and with SDS a file for each host, into a directory; returns the
   * bootstrap.
   */
  static Path write(Path directory, EnvoyConfig config, HostPort admin, HostPort listener) {
    List<Object> chains = new ArrayList<>();
    for (EnvoyConfig.Host host : config.hosts()) {
      chains.add(
          Map.of(
              "name", host.sni(),
              "filter_chain_match", Map.of("server_names", List.of(host.sni())),
              "transport_socket",
                  Map.of(
                      "name",
                      "envoy.transport_sockets.tls",
                      "typed_config",
                      Map.of(
                          "@type",
                          TLS + "DownstreamTlsContext",
                          "common_tls_context",
                          tlsContext(directory, config.source(), host, chains.size()))),
              "filters", List.of(answering(host.sni()))));
    }
    Map<String, Object> bootstrap =
        Map.of(
            "node", Map.of("id", "certmerge-testbed", "cluster", "certmerge-testbed"),
            "admin", Map.of("address", address(admin)),
            "static_resources",
                Map.of(
                    "listeners",
                    List.of(
                        Map.of(
                            "name",
                            "tls",
                            "address",
                            address(listener),
                            // With it two Envoys could share the port by accident and nobody would
                            // know.
                            "enable_reuse_port",
                            false,
                            "listener_filters",
                            List.of(
                                typed(
                                    "envoy.filters.listener.tls_inspector",
                                    TYPE + "filters.listener.tls_inspector.v3.TlsInspector")),
                            "filter_chains",
                            chains))));
    return writeJson(directory.resolve("bootstrap.json"), bootstrap);
  }

  private static Map<String, Object> tlsContext(
      Path directory, EnvoyConfig.Source source, EnvoyConfig.Host host, int index) {
    Map<String, Object> certificate = new LinkedHashMap<>();
    certificate.put("certificate_chain", Map.of("filename", host.crt().toString()));
    certificate.put("private_key", Map.of("filename", host.key().toString()));
    if (source == EnvoyConfig.Source.STATIC) {
      return Map.of("tls_certificates", List.of(certificate));
    }
    if (source == EnvoyConfig.Source.FILE_SDS_WATCHED) {
      certificate.put(
          "watched_directory", Map.of("path", host.crt().resolveSibling("").toString()));
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
    return Map.of(
        "tls_certificate_sds_secret_configs",
        List.of(
            Map.of(
                "name", host.sni(),
                "sds_config",
                    Map.of(
                        "path_config_source",
                        Map.of("path", sds.toString()),
                        "resource_api_version",
                        "V3"))));
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
