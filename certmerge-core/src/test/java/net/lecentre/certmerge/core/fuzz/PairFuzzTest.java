package net.lecentre.certmerge.core.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Two files of any bytes. */
class PairFuzzTest {
  /** ASCII's file separator: what is before it is tls.crt, what is after it is tls.key. */
  private static final byte SEPARATOR = 0x1c;

  @FuzzTest
  void any_pair_is_answered(byte[] files) {
    int end = 0;
    while (end < files.length && files[end] != SEPARATOR) {
      end++;
    }
    Promises.areKept(
        Arrays.copyOf(files, end),
        Arrays.copyOfRange(files, Math.min(end + 1, files.length), files.length));
  }
}
