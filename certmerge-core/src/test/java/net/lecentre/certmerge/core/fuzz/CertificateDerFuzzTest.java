package net.lecentre.certmerge.core.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.pem.PemWriter;

/** A leaf of any bytes in perfect PEM, before a good issuer and with a good key. */
class CertificateDerFuzzTest {
  /** The first byte chooses the key. */
  @FuzzTest
  void any_certificate_is_answered(byte[] input) {
    if (input.length == 0) {
      return;
    }
    TlsPair pair = TestPairs.ALL.get((input[0] & 0xff) % TestPairs.ALL.size());
    byte[] crt =
        new PemWriter()
            .block("CERTIFICATE", Arrays.copyOfRange(input, 1, input.length))
            .block("CERTIFICATE", pair.chainDer().get(1))
            .toByteArray();
    Promises.areKept(crt, pair.privateKeyPem());
  }
}
