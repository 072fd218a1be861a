package net.lecentre.certmerge.conformance;

import static net.lecentre.certmerge.conformance.Certificate.leaf;
import static net.lecentre.certmerge.conformance.Corpus.CERTIFICATE;
import static net.lecentre.certmerge.conformance.Corpus.pem;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.lecentre.certmerge.conformance.Keys.Pair;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Pairs that were good until something happened to them at a random place. */
final class DamageCases {
  private DamageCases() {}

  /** What happens to the bytes of a file, or to the DER inside of it. */
  private enum Damage {
    FLIP {
      @Override
      byte[] to(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return damaged;
      }
    },
    TRUNCATE {
      @Override
      byte[] to(byte[] bytes, Random random) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
    },
    SET {
      @Override
      byte[] to(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        damaged[random.nextInt(bytes.length)] = (byte) random.nextInt();
        return damaged;
      }
    },
    INSERT {
      @Override
      byte[] to(byte[] bytes, Random random) {
        int place = random.nextInt(bytes.length + 1);
        return Tlv.join(
            Arrays.copyOf(bytes, place),
            new byte[] {(byte) random.nextInt()},
            Arrays.copyOfRange(bytes, place, bytes.length));
      }
    },
    REMOVE {
      @Override
      byte[] to(byte[] bytes, Random random) {
        int place = random.nextInt(bytes.length);
        return Tlv.join(
            Arrays.copyOf(bytes, place), Arrays.copyOfRange(bytes, place + 1, bytes.length));
      }
    };

    abstract byte[] to(byte[] bytes, Random random);
  }

  private enum Part {
    CRT_TEXT,
    KEY_TEXT,
    LEAF_DER,
    ISSUER_DER,
    KEY_DER
  }

  /** A good pair, and the key's label. */
  private record Base(String name, Pair keys, String label, boolean wrapped) {
    byte[] leafDer() {
      return leaf().key(keys).usage(KeyUsage.digitalSignature).der();
    }

    byte[] keyDer() {
      return wrapped ? keys.pkcs8() : keys.inner();
    }
  }

  private static final List<Base> BASES =
      List.of(
          new Base("rsa", Keys.RSA, Corpus.PKCS8, true),
          new Base("pkcs1", Keys.RSA, Corpus.PKCS1, false),
          new Base("ec", Keys.EC, Corpus.PKCS8, true),
          new Base("sec1", Keys.EC, Corpus.SEC1, false),
          new Base("ed25519", Keys.ED25519, Corpus.PKCS8, true));

  static void addTo(Corpus corpus, long seed, int count) {
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      Base base = BASES.get(random.nextInt(BASES.size()));
      Part part = Part.values()[random.nextInt(Part.values().length)];
      // Flips find the most, so they are the most.
      Damage damage =
          random.nextBoolean()
              ? Damage.FLIP
              : Damage.values()[random.nextInt(Damage.values().length)];
      add(corpus, "damage/" + i + "-" + base.name, base, part, damage, random);
    }
  }

  private static void add(
      Corpus corpus, String id, Base base, Part part, Damage damage, Random random) {
    byte[] leaf = base.leafDer();
    byte[] issuer = Certificate.intermediate().der();
    byte[] key = base.keyDer();
    switch (part) {
      case LEAF_DER -> leaf = damage.to(leaf, random);
      case ISSUER_DER -> issuer = damage.to(issuer, random);
      case KEY_DER -> key = damage.to(key, random);
      default -> {
        // The text is damaged below.
      }
    }
    byte[] crtFile = pem(CERTIFICATE, leaf, issuer);
    byte[] keyFile = pem(base.label, key);
    corpus.add(
        id + "-" + part + "-" + damage,
        part == Part.CRT_TEXT ? damage.to(crtFile, random) : crtFile,
        part == Part.KEY_TEXT ? damage.to(keyFile, random) : keyFile);
  }
}
