package net.lecentre.certmerge.operator.sources;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.LabelMatch;

/** Where sources are looked up. A failed look-up throws: it never means that a source is gone. */
public interface SourceLookup {
  /** A TLS Secret by name. */
  Optional<TlsSecret> tls(ObjectName name);

  /** What a name stands for that is not known to be a TLS Secret. */
  Found other(ObjectName name);

  /**
   * The TLS Secrets of a namespace, or of all.
   *
   * @param labels what is selected of them: others may be among them, but need not be
   */
  Stream<TlsSecret> in(Optional<String> namespace, LabelMatch labels);

  /** The labels of a namespace; none when there is no such namespace. */
  Map<String, String> labelsOf(String namespace);

  /** What a name stands for. */
  sealed interface Found {
    /**
     * A TLS Secret.
     *
     * @param secret the Secret
     */
    record Tls(TlsSecret secret) implements Found {}

    /**
     * A Secret of another type.
     *
     * @param type the type
     * @param managed whether it is itself the target of a merge
     */
    record Other(String type, boolean managed) implements Found {}

    /** There is no such Secret. */
    record Nothing() implements Found {}
  }
}
