package net.lecentre.certmerge.benchmark.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;
import net.lecentre.certmerge.benchmark.operator.Stage.Renewal;
import net.lecentre.certmerge.benchmark.operator.Stage.Source;

/**
 * What the API server itself takes to write the change that a renewal makes in a target: nobody
 * could merge faster. Written are copies of a target that the operator does not know.
 */
final class Floor {
  private static final String HASH = "certmerge.lecentre.net/content-hash";

  private final Api api;
  private final ObjectNode patched;
  private final ObjectNode applied;
  private final Arrivals arrivals;
  private final Timings patches = new Timings();
  private final Timings applications = new Timings();

  /** Copies a target. */
  Floor(Stage stage, String target) {
    this.api = stage.api();
    JsonNode original = api.get(Api.secrets(Stage.NAMESPACE, target));
    this.patched = copy(original, "floor-patch");
    this.applied = copy(original, "floor-apply");
    this.arrivals = Arrivals.watch(api, Api.secrets(Stage.NAMESPACE) + "?labelSelector=floor");
    api.create(Api.secrets(Stage.NAMESPACE).replaceAll("/$", ""), patched.toString());
    apply();
  }

  private static ObjectNode copy(JsonNode original, String name) {
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    copy.put("apiVersion", "v1").put("kind", "Secret").put("type", "Opaque");
    ObjectNode metadata = copy.putObject("metadata");
    metadata.put("namespace", Stage.NAMESPACE).put("name", name);
    metadata.putObject("labels").put("floor", name);
    metadata.set("annotations", original.at("/metadata/annotations").deepCopy());
    copy.set("data", original.path("data").deepCopy());
    return copy;
  }

  /** From sending the keys that a renewal changes to the event that has them. */
  void patch(Renewal renewal) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    change(change, renewal);
    Arrivals.Awaited awaited = expect(patched, renewal);
    long before = System.nanoTime();
    api.patch(path(patched), Api.PATCH, change.toString());
    patches.add(awaited.nanos() - before);
  }

  /** The same for a server-side apply of the whole Secret. */
  void apply(Renewal renewal) {
    change(applied, renewal);
    Arrivals.Awaited awaited = expect(applied, renewal);
    long before = System.nanoTime();
    apply();
    applications.add(awaited.nanos() - before);
  }

  private void apply() {
    api.patch(path(applied), Api.APPLY, applied.toString());
  }

  private static void change(ObjectNode secret, Renewal renewal) {
    String hash = (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "");
    secret.withObject("/metadata").withObject("/annotations").put(HASH, hash);
    secret
        .withObject("/data")
        .put(renewal.source().certificate(), renewal.crt())
        .put(renewal.source().key(), renewal.key());
  }

  private Arrivals.Awaited expect(ObjectNode secret, Renewal renewal) {
    Source source = renewal.source();
    return arrivals.expect(name(secret), source.certificate(), renewal.crt());
  }

  private static String path(ObjectNode secret) {
    return Api.secrets(Stage.NAMESPACE, name(secret));
  }

  private static String name(ObjectNode secret) {
    return secret.at("/metadata/name").asText();
  }

  Timings patches() {
    return patches;
  }

  Timings applications() {
    return applications;
  }
}
