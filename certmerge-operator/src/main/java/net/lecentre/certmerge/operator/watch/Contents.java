package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.sources.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * What the Secrets hold that somebody asks for, inspected once for each version. A change brings
 * its content along; what was not seen to change is asked for when it is needed.
 */
final class Contents {
  private static final byte[] MISSING = {};
  private static final int CONFLICT = 409;

  private final Function<ObjectName, Optional<Secret>> read;
  private final Predicate<Secret> wanted;
  private final Executor ahead;
  private final Map<ObjectName, Held> held = new ConcurrentHashMap<>();

  /**
   * Holds nothing yet.
   *
   * @param read asks the API server for a Secret; empty when there is none
   * @param wanted whether somebody asks for a Secret, given its name and labels
   * @param ahead where a change is inspected while those that ask for it are being woken
   */
  Contents(Function<ObjectName, Optional<Secret>> read, Predicate<Secret> wanted, Executor ahead) {
    this.read = read;
    this.wanted = wanted;
    this.ahead = ahead;
  }

  /**
   * Takes the content of a Secret that was created or changed, if somebody asks for it. Whether
   * somebody still does is found out while those that do are being woken.
   */
  void changed(Secret secret) {
    ObjectName name = ObjectName.of(secret);
    if (held.containsKey(name) || wanted.test(secret)) {
      Held taken = take(secret);
      ahead.execute(
          () -> {
            taken.inspect();
            if (!wanted.test(secret)) {
              held.remove(name, taken);
            }
          });
    }
  }

  private Held take(Secret secret) {
    return held.compute(
        ObjectName.of(secret),
        (name, before) -> before != null && before.isOf(secret) ? before : new Held(secret));
  }

  /** Forgets the content of a Secret. */
  void forget(ObjectName name) {
    held.remove(name);
  }

  /** How many contents are held. */
  int count() {
    return held.size();
  }

  /**
   * What is found out about the content of a Secret.
   *
   * @param known the Secret as it is known, perhaps without its content
   * @throws KubernetesClientException when its content cannot be had now, which says nothing about
   *     whether it is still there
   */
  Inspection inspection(Secret known) {
    ObjectName name = ObjectName.of(known);
    Held at = held.get(name);
    if (at != null && at.isOf(known)) {
      return at.inspection();
    }
    // A newer content is as good. But what decides whether it is merged, its type, labels and
    // annotations, has to be that of the content: else the event with the new ones decides.
    Secret secret =
        read.apply(name)
            .filter(now -> TlsSecret.TYPE.equals(now.getType()))
            .filter(now -> BareSecret.isSame(BareSecret.of(known), BareSecret.of(now)))
            .orElseThrow(
                () ->
                    new KubernetesClientException(
                        "Secret " + name + " changed while it was read", CONFLICT, null));
    return take(secret).inspection();
  }

  /** What is found out about a Secret that is at hand with its content. */
  Inspection inspectionOf(Secret whole) {
    return take(whole).inspection();
  }

  /** A content: as it came, until somebody asks what is in it. */
  private static final class Held {
    private final String version;
    private Map<String, String> data;
    private @Nullable Inspection inspection;

    Held(Secret secret) {
      this.version = secret.getMetadata().getResourceVersion();
      this.data = Objects.requireNonNullElse(secret.getData(), Map.of());
    }

    boolean isOf(Secret secret) {
      return version.equals(secret.getMetadata().getResourceVersion());
    }

    /** With the digest that whoever merges it asks for. */
    void inspect() {
      if (inspection() instanceof Accepted accepted) {
        String ignored = accepted.pair().sha256();
      }
    }

    synchronized Inspection inspection() {
      Inspection known = inspection;
      if (known == null) {
        known = Inspector.inspect(value("tls.crt"), value("tls.key"), Acceptance.envoy());
        inspection = known;
        data = Map.of();
      }
      return known;
    }

    private byte[] value(String key) {
      String text = data.get(key);
      return text == null ? MISSING : Base64.getDecoder().decode(text);
    }
  }
}
