package net.lecentre.certmerge.core.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import net.lecentre.certmerge.core.pem.PemWriter;

/** A key of any bytes in perfect PEM, so that what is mutated is the DER and not the base64. */
class KeyDerFuzzTest {
  private static final List<String> LABELS =
      List.of("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ANY PRIVATE KEY");

  /** The first byte chooses the label, in two bits, and the certificate. */
  @FuzzTest
  void any_private_key_is_answered(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int choice = input[0] & 0xff;
    String label = LABELS.get(choice & 3);
    Promises.areKept(
        TestPairs.ALL.get((choice >> 2) % TestPairs.ALL.size()).certificatePem(),
        new PemWriter().block(label, Arrays.copyOfRange(input, 1, input.length)).toByteArray());
  }
}
