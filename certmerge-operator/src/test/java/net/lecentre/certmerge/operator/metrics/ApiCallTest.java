package net.lecentre.certmerge.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiCallTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/secrets?limit=500, list, core, secrets",
    "GET, /api/v1/secrets?allowWatchBookmarks=true&watch=true, watch, core, secrets",
    "GET, /api/v1/namespaces/web/secrets/shop, get, core, secrets",
    "PATCH, /api/v1/namespaces/web/secrets/shop?force=true, patch, core, secrets",
    "POST, /api/v1/namespaces/web/events, create, core, events",
    "GET, /api/v1/namespaces, list, core, namespaces",
    "GET, /api/v1/namespaces/web, get, core, namespaces",
    "PUT, /apis/coordination.k8s.io/v1/namespaces/a/leases/b, update, coordination.k8s.io, leases",
    "DELETE, /api/v1/namespaces/web/secrets/shop, delete, core, secrets",
    "PATCH, /apis/certmerge.lecentre.net/v1alpha1/namespaces/a/certmerges/b/status, patch,"
        + " certmerge.lecentre.net, certmerges/status",
    "GET, /version, get, none, other",
    "GET, /api/v1, get, none, other",
    "GET, /, get, none, other",
  })
  void a_request_is_told_by_what_it_asks_for(
      String method, String path, String verb, String group, String resource) {
    assertThat(ApiCall.of(method, URI.create("https://127.0.0.1:6443" + path)))
        .isEqualTo(new ApiCall(verb, group, resource));
  }
}
