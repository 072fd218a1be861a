package net.lecentre.certmerge.operator.metrics;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a request asks of the API server, as its own audit log would say.
 *
 * @param verb get, list, watch, create, update, patch or delete
 * @param group the API group, core for the one without a name
 * @param resource the kind of thing in plural, with its subresource if that is asked for
 */
record ApiCall(String verb, String group, String resource) {
  private static final String CORE = "core";

  /** Reads a request. Whatever is no resource's path is of the resource {@code other}. */
  static ApiCall of(String method, URI uri) {
    List<String> path =
        new ArrayList<>(
            Arrays.stream(uri.getPath().split("/", -1)).filter(part -> !part.isEmpty()).toList());
    String group;
    if (path.size() > 2 && path.get(0).equals("api")) {
      group = CORE;
      path.subList(0, 2).clear();
    } else if (path.size() > 3 && path.get(0).equals("apis")) {
      group = path.get(1);
      path.subList(0, 3).clear();
    } else {
      return new ApiCall(verb(method, true, ""), "none", "other");
    }
    if (path.size() > 2 && path.get(0).equals("namespaces")) {
      path.subList(0, 2).clear();
    }
    boolean named = path.size() > 1;
    String query = uri.getQuery() == null ? "" : uri.getQuery();
    String resource = path.size() > 2 ? path.get(0) + "/" + path.get(2) : path.get(0);
    return new ApiCall(verb(method, named, query), group, resource);
  }

  private static String verb(String method, boolean named, String query) {
    return switch (method) {
      case "GET" -> query.contains("watch=true") ? "watch" : named ? "get" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      default -> method.toLowerCase(Locale.ROOT);
    };
  }
}
