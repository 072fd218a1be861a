package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.TestPki.EC;
import static net.lecentre.certmerge.core.inspect.TestPki.OTHER_EC;
import static net.lecentre.certmerge.core.inspect.TestPki.ascii;
import static net.lecentre.certmerge.core.inspect.TestPki.goodCrt;
import static net.lecentre.certmerge.core.inspect.TestPki.join;
import static net.lecentre.certmerge.core.inspect.TestPki.keyPem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionMemoryTest {
  private static final byte[] CRT = goodCrt();
  private static final byte[] KEY = keyPem(EC);

  private final InspectionMemory memory = new InspectionMemory(Acceptance.envoy(), 2);

  @Test
  void the_same_bytes_are_not_inspected_again() {
    Inspection first = memory.inspect(CRT, KEY);
    assertThat(first).isInstanceOf(Accepted.class);
    assertThat(memory.inspect(CRT.clone(), KEY.clone())).isSameAs(first);
  }

  @Test
  void a_rejection_is_remembered_too() {
    Inspection first = memory.inspect(CRT, keyPem(OTHER_EC));
    assertThat(first).isInstanceOf(Rejected.class);
    assertThat(memory.inspect(CRT, keyPem(OTHER_EC))).isSameAs(first);
  }

  @Test
  void what_is_not_canonical_is_remembered_as_it_was_written() {
    byte[] odd = join(ascii("a remark\n"), CRT);
    Inspection first = memory.inspect(odd, KEY);
    assertThat(memory.inspect(odd, KEY)).isSameAs(first);
  }

  @Test
  void another_key_is_inspected() {
    memory.inspect(CRT, KEY);
    assertThat(memory.inspect(CRT, keyPem(OTHER_EC))).isInstanceOf(Rejected.class);
    byte[] cut = Arrays.copyOf(KEY, KEY.length - 30);
    assertThat(memory.inspect(CRT, cut)).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void changed_bytes_of_the_caller_change_nothing_that_is_remembered(boolean canonical) {
    byte[] crt = canonical ? CRT.clone() : join(ascii("a remark\n"), CRT);
    byte[] key = KEY.clone();
    memory.inspect(crt, key);
    Arrays.fill(key, (byte) 0);
    assertThat(memory.inspect(crt, key)).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a remark\n"})
  void a_destroyed_pair_is_never_answered_with(String before) {
    byte[] crt = join(ascii(before), CRT);
    ((Accepted) memory.inspect(crt, KEY)).pair().destroy();
    TlsPair again = ((Accepted) memory.inspect(crt, KEY)).pair();
    assertThat(again.isDestroyed()).isFalse();
    assertThat(again.privateKeyPem()).isEqualTo(KEY);
  }

  @Test
  void the_least_recently_used_pair_is_forgotten_first() {
    byte[] second = goodCrt();
    Inspection first = memory.inspect(CRT, KEY);
    Inspection other = memory.inspect(second, KEY);
    assertThat(memory.inspect(CRT, KEY)).isSameAs(first);
    memory.inspect(goodCrt(), KEY);
    assertThat(memory.inspect(CRT, KEY)).isSameAs(first);
    assertThat(memory.inspect(second, KEY)).isNotSameAs(other);
  }

  @Test
  void a_large_pair_is_inspected_each_time() {
    byte[] large = join(CRT, ascii("#".repeat(InspectionMemory.MAX_SIZE)));
    assertThat(memory.inspect(large, KEY)).isNotSameAs(memory.inspect(large, KEY));
  }

  @Test
  void a_forged_check_sum_does_not_pass_for_the_pair() {
    Inspection first = memory.inspect(CRT, KEY);
    byte[] forged = forged(ascii("no certificate\n"), crc(CRT));
    assertThat(crc(forged)).isEqualTo(crc(CRT));
    assertThat(memory.inspect(forged, KEY)).isInstanceOf(Rejected.class);
    assertThat(memory.inspect(CRT, KEY)).isEqualTo(first).isNotSameAs(first);
  }

  /** The text with four bytes after it that give it a check sum: it is affine in their bits. */
  private static byte[] forged(byte[] text, int wanted) {
    byte[] forged = Arrays.copyOf(text, text.length + 4);
    int missing = crc(forged) ^ wanted;
    int[] effects = new int[32];
    int[] bits = new int[32];
    for (int bit = 0; bit < 32; bit++) {
      int effect = crc(forged) ^ crc(flipped(forged, text.length, 1 << bit));
      int flips = 1 << bit;
      for (int top = 31; top >= 0; top--) {
        if ((effect >>> top & 1) == 1) {
          if (effects[top] == 0) {
            effects[top] = effect;
            bits[top] = flips;
            break;
          }
          effect ^= effects[top];
          flips ^= bits[top];
        }
      }
    }
    int flips = 0;
    for (int top = 31; top >= 0; top--) {
      if ((missing >>> top & 1) == 1) {
        missing ^= effects[top];
        flips ^= bits[top];
      }
    }
    return flipped(forged, text.length, flips);
  }

  private static byte[] flipped(byte[] bytes, int at, int flips) {
    byte[] flipped = bytes.clone();
    for (int i = 0; i < 4; i++) {
      flipped[at + i] ^= (byte) (flips >>> (8 * i));
    }
    return flipped;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Test
  void keys_are_the_same_only_when_every_byte_is() {
    Random random = new Random(1);
    for (int length = 0; length < 40; length++) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      assertThat(InspectionMemory.isSame(key, key.clone())).isTrue();
      assertThat(InspectionMemory.isSame(key, Arrays.copyOf(key, length + 1))).isFalse();
      for (int i = 0; i < length; i++) {
        byte[] other = key.clone();
        other[i] ^= 1;
        assertThat(InspectionMemory.isSame(key, other)).isFalse();
      }
    }
  }

  @Test
  void a_memory_for_nothing_is_no_memory() {
    assertThatThrownBy(() -> new InspectionMemory(Acceptance.envoy(), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
