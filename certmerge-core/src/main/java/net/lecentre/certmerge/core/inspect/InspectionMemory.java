package net.lecentre.certmerge.core.inspect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * An {@link Inspector} that remembers: a pair of the same bytes is not inspected again.
 *
 * <p>Safe for use by several threads. It holds private keys: those of the pairs that it answers
 * with, and those of pairs that were rejected. The pairs are shared by all who ask; one that
 * somebody {@linkplain TlsPair#destroy destroyed} is forgotten.
 */
public final class InspectionMemory {
  /** Larger pairs are not remembered, which bounds the memory. */
  static final int MAX_SIZE = 64 * 1024;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final Acceptance acceptance;

  /**
   * The least recently used first. Under a check sum that anybody could forge there is one pair at
   * a time: who forges one makes another pair be inspected anew, and nothing else.
   */
  private final Map<Integer, Remembered> memory;

  /**
   * Remembers nothing yet.
   *
   * @param acceptance what the consumer loads
   * @param pairs how many pairs are remembered, at least 1; the least recently used goes first
   * @throws IllegalArgumentException when that is less than 1
   */
  public InspectionMemory(Acceptance acceptance, int pairs) {
    if (pairs < 1) {
      throw new IllegalArgumentException("a memory for " + pairs + " pairs");
    }
    this.acceptance = acceptance;
    this.memory =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, Remembered> eldest) {
            return size() > pairs;
          }
        };
  }

  /**
   * What {@link Inspector#inspect} says of a pair, perhaps on an earlier occasion.
   *
   * @param crt the bytes of {@code tls.crt}
   * @param key the bytes of {@code tls.key}
   */
  public Inspection inspect(byte[] crt, byte[] key) {
    // Of the certificates alone: nothing is said about a key by where it is kept.
    CRC32C sum = new CRC32C();
    sum.update(crt);
    Integer place = (int) sum.getValue();
    Optional<Remembered> remembered;
    synchronized (memory) {
      remembered = Optional.ofNullable(memory.get(place));
    }
    if (remembered.isPresent() && remembered.get().isOf(crt, key)) {
      return remembered.get().inspection();
    }
    Inspection inspection = Inspector.inspect(crt, key, acceptance);
    if (crt.length <= MAX_SIZE - key.length) {
      synchronized (memory) {
        memory.put(place, Remembered.of(crt, key, inspection));
      }
    }
    return inspection;
  }

  /** An inspection and the bytes that it is of. */
  private interface Remembered {
    Inspection inspection();

    boolean isOf(byte[] crt, byte[] key);

    static Remembered of(byte[] crt, byte[] key, Inspection inspection) {
      return inspection instanceof Accepted accepted && accepted.pair().isWrittenAs(crt, key)
          ? new Canonical(accepted)
          : new Other(crt.clone(), key.clone(), inspection);
    }
  }

  /** The pair itself holds the bytes. */
  private record Canonical(Accepted inspection) implements Remembered {
    @Override
    public boolean isOf(byte[] crt, byte[] key) {
      return inspection.pair().isWrittenAs(crt, key);
    }
  }

  // Never compared as a record.
  @SuppressWarnings("ArrayRecordComponent")
  private record Other(byte[] crt, byte[] key, Inspection inspection) implements Remembered {
    @Override
    public boolean isOf(byte[] otherCrt, byte[] otherKey) {
      boolean destroyed = inspection instanceof Accepted accepted && accepted.pair().isDestroyed();
      return Arrays.equals(crt, otherCrt) && isSame(key, otherKey) && !destroyed;
    }

    @Override
    public String toString() {
      return "Other[" + inspection + "]";
    }
  }

  /** As MessageDigest.isEqual in a time that depends on the length alone, eight bytes at once. */
  static boolean isSame(byte[] key, byte[] other) {
    if (key.length != other.length) {
      return false;
    }
    long difference = 0;
    int i = 0;
    for (; i <= key.length - Long.BYTES; i += Long.BYTES) {
      difference |= (long) LONGS.get(key, i) ^ (long) LONGS.get(other, i);
    }
    for (; i < key.length; i++) {
      difference |= key[i] ^ other[i];
    }
    return difference == 0;
  }
}
