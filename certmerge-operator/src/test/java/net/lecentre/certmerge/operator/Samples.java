package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import net.lecentre.certmerge.operator.spec.SpecReading;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;

/** What unit tests start from: one instant, real pairs of that time, CertMerges and plans. */
public final class Samples {
  /** When the tests play. */
  public static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");

  private static final TestCa CA = TestCa.create(InstantSource.fixed(NOW));

  private Samples() {}

  /** The CertMerge {@code web/edge} with a spec in YAML. */
  public static CertMerge certMerge(String spec) {
    return certMerge("web", "edge", spec);
  }

  /** A CertMerge of generation 4 with a spec in YAML. */
  public static CertMerge certMerge(String namespace, String name, String spec) {
    String head =
        """
        metadata:
          namespace: %s
          name: %s
          uid: uid-of-%s
          generation: 4
          creationTimestamp: "2026-12-31T00:00:00Z"
        spec:
        """;
    return Serialization.unmarshal(
        head.formatted(namespace, name, name) + spec.indent(2), CertMerge.class);
  }

  /** What a CertMerge with a sound spec asks for. */
  public static MergeSpec spec(CertMerge certMerge) {
    return ((SpecReading.Valid) SpecReading.of(certMerge)).spec();
  }

  /** A new pair for a host, valid for 90 days. */
  public static IssuedPair issue(String host, String... more) {
    return CA.issue(host, more);
  }

  /** A new pair for a host that expires at an instant. */
  public static IssuedPair issueUntil(String host, Instant notAfter) {
    return CA.issue(Request.forHosts(host).valid(NOW.minusSeconds(1), notAfter));
  }

  /** What core finds out about a pair. */
  public static Inspection inspected(IssuedPair pair) {
    return Inspector.inspect(pair.crtBytes(), pair.keyBytes(), Acceptance.envoy());
  }

  /** What core finds out about a pair whose key is another certificate's. */
  public static Inspection mismatched(String host) {
    return inspected(CA.issue(Request.forHosts(host).withWrongKey()));
  }

  /** A pair as core accepted it. */
  public static TlsPair accepted(IssuedPair pair) {
    return ((Accepted) inspected(pair)).pair();
  }

  /** A source's offer. */
  public static Offer offer(String key, String source, IssuedPair pair) {
    return new Offer.Content(key, source, inspected(pair));
  }

  /** The offer of a source whose certificate and key do not belong together. */
  public static Offer brokenOffer(String key, String source) {
    return new Offer.Content(key, source, mismatched(key + ".example.com"));
  }

  /** The offer of a source that does not exist. */
  public static Offer missingOffer(String key, String source) {
    return new Offer.Absent(
        key, source, Offer.Reason.NOT_FOUND, "there is no Secret " + source + "; create it");
  }

  /** What is planned for a target that holds nothing yet. */
  public static MergePlan plan(Offer... offers) {
    return plan(Current.none(), offers);
  }

  /** What is planned for a target that holds a pair of a source. */
  public static MergePlan plan(String key, String source, IssuedPair held, Offer... offers) {
    return plan(new Current(Map.of(key, new Current.Entry(source, accepted(held)))), offers);
  }

  private static MergePlan plan(Current current, Offer... offers) {
    return Merge.plan(List.of(offers), current, Policy.DEFAULT, NOW);
  }
}
