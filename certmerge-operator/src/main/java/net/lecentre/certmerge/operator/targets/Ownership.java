package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;

/** Whose the Secret is that a CertMerge wants to write. */
public sealed interface Ownership {
  /** There is no such Secret yet. */
  record Free() implements Ownership {}

  /**
   * It is this CertMerge's.
   *
   * @param secret as it is now
   */
  record Ours(Secret secret) implements Ownership {
    /** Without the Secret: it holds keys. */
    @Override
    public String toString() {
      return "Ours[" + ObjectName.of(secret) + "]";
    }
  }

  /**
   * It must not be written.
   *
   * @param reason the reason of the condition {@code Ready}
   * @param message whose it is and what to do
   */
  record Refused(String reason, String message) implements Ownership {}

  /**
   * Decides whose it is. A Secret belongs to the CertMerge that its annotation names, as long as
   * that one still wants it; one that the 2018 operator left, to the CertMerge of its label; one
   * that does not exist, to the oldest CertMerge that wants it.
   *
   * @param spec what this CertMerge asks for
   * @param target the name of the Secret in question
   * @param existing the Secret, if it exists
   * @param rivals the other CertMerges that it may belong to
   */
  static Ownership of(MergeSpec spec, ObjectName target, Optional<Secret> existing, Rivals rivals) {
    if (existing.isEmpty()) {
      return rivals
          .older()
          .<Ownership>map(rival -> belongsTo(target, rival.toString()))
          .orElseGet(Free::new);
    }
    Secret secret = existing.get();
    String owner = TargetSecret.owner(secret);
    String self = spec.certMerge().toString();
    if (owner.isEmpty()) {
      boolean adopted = spec.adopt() && !TargetSecret.isManaged(secret);
      if (!adopted && !madeIn2018For(spec, secret)) {
        return new Refused(
            "TargetConflict",
            "Secret "
                + target
                + " was not made by certmerge for this CertMerge; choose another spec.name, delete the"
                + " Secret, or take it over with spec.adopt: true"
                + (TargetSecret.isManaged(secret) ? " once its label creator is gone" : ""));
      }
      if (rivals.older().isPresent()) {
        return belongsTo(target, rivals.older().get().toString());
      }
    } else if (!owner.equals(self)) {
      if (rivals.holds(owner)) {
        return belongsTo(target, owner);
      }
      if (rivals.older().isPresent()) {
        return belongsTo(target, rivals.older().get().toString());
      }
    }
    return writable(target, secret);
  }

  /** Whether a Secret's annotation names a CertMerge as its owner. */
  static boolean bearsMarkOf(ObjectName certMerge, Secret secret) {
    return certMerge.toString().equals(TargetSecret.owner(secret));
  }

  /** Whether a field manager has written any of a Secret. */
  static boolean wasWrittenBy(String manager, Secret secret) {
    return secret.getMetadata().getManagedFields() != null
        && secret.getMetadata().getManagedFields().stream()
            .anyMatch(entry -> manager.equals(entry.getManager()));
  }

  private static Ownership writable(ObjectName target, Secret secret) {
    if (Boolean.TRUE.equals(secret.getImmutable())) {
      return new Refused(
          "TargetImmutable", "Secret " + target + " is immutable; delete it and it is made anew");
    }
    if (!TargetSecret.TYPE.equals(secret.getType())) {
      return new Refused(
          "TargetConflict",
          "Secret "
              + target
              + " is of type "
              + secret.getType()
              + " and a type cannot be changed; delete the Secret and it is made anew");
    }
    return new Ours(secret);
  }

  private static Refused belongsTo(ObjectName target, String owner) {
    return new Refused(
        "TargetConflict",
        "Secret "
            + target
            + " belongs to CertMerge "
            + owner
            + "; choose another spec.name, or delete that CertMerge");
  }

  private static boolean madeIn2018For(MergeSpec spec, Secret secret) {
    List<OwnerReference> owners = secret.getMetadata().getOwnerReferences();
    return TargetSecret.isManaged(secret)
        && TargetSecret.labelValue(spec.certMerge().name())
            .equals(TargetSecret.label(secret, TargetSecret.CERTMERGE_LABEL))
        && (owners == null
            || owners.stream()
                .allMatch(
                    owner ->
                        owner.getApiVersion().startsWith(CertMerge.GROUP + "/")
                            && owner.getName().equals(spec.certMerge().name())));
  }
}
