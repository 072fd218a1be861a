package net.lecentre.certmerge.core.inspect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLTaggedObject;

/**
 * Takes a sequence apart and puts it together with one element changed. A path is the places from
 * the outermost sequence inwards; explicit tags on the way do not count.
 */
final class Surgery {
  private Surgery() {}

  /** With another element at the end of the path. */
  static byte[] replace(byte[] der, ASN1Encodable element, int... path) {
    int last = path[path.length - 1];
    return changed(der, elements -> elements.set(last, element), parent(path));
  }

  static byte[] remove(byte[] der, int... path) {
    int last = path[path.length - 1];
    return changed(der, elements -> elements.remove(last), parent(path));
  }

  /** With one more element at the end of the sequence that the path leads to. */
  static byte[] append(byte[] der, ASN1Encodable element, int... path) {
    return changed(der, elements -> elements.add(element), path);
  }

  /** With only the first elements of the sequence that the path leads to. */
  static byte[] keep(byte[] der, int size, int... path) {
    return changed(der, elements -> elements.subList(size, elements.size()).clear(), path);
  }

  static ASN1Encodable get(byte[] der, int... path) {
    ASN1Encodable element = read(der);
    for (int place : path) {
      element = ASN1Sequence.getInstance(untagged(element)).getObjectAt(place);
    }
    return element;
  }

  /** As it would be read: whatever its content is. */
  static ASN1Primitive raw(int tag, byte... content) {
    return read(TestPki.join(new byte[] {(byte) tag, (byte) content.length}, content));
  }

  static ASN1Primitive read(byte[] der) {
    try {
      return ASN1Primitive.fromByteArray(der);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ASN1Sequence sequence(ASN1Encodable... elements) {
    return new DLSequence(elements);
  }

  private static byte[] changed(byte[] der, Consumer<List<ASN1Encodable>> change, int... path) {
    return Der.encoded(changed(read(der), change, path));
  }

  private static ASN1Encodable changed(
      ASN1Encodable element, Consumer<List<ASN1Encodable>> change, int... path) {
    if (element instanceof ASN1TaggedObject tagged) {
      return new DLTaggedObject(true, tagged.getTagNo(), changed(untagged(tagged), change, path));
    }
    List<ASN1Encodable> elements =
        new ArrayList<>(Arrays.asList(ASN1Sequence.getInstance(element).toArray()));
    if (path.length == 0) {
      change.accept(elements);
    } else {
      int[] rest = Arrays.copyOfRange(path, 1, path.length);
      elements.set(path[0], changed(elements.get(path[0]), change, rest));
    }
    return sequence(elements.toArray(ASN1Encodable[]::new));
  }

  private static ASN1Encodable untagged(ASN1Encodable element) {
    return element instanceof ASN1TaggedObject tagged ? tagged.getExplicitBaseObject() : element;
  }

  private static int[] parent(int... path) {
    return Arrays.copyOf(path, path.length - 1);
  }
}
