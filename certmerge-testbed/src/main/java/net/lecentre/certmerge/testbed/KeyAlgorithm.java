package net.lecentre.certmerge.testbed;

/** What key a certificate is issued for: those that Envoy loads, and some that it refuses. */
public enum KeyAlgorithm {
  /** RSA, 1024 bits: Envoy refuses it. */
  RSA_1024("RSA", "1024"),
  /** RSA, 2048 bits. */
  RSA_2048("RSA", "2048"),
  /** RSA, 3072 bits. */
  RSA_3072("RSA", "3072"),
  /** RSA, 4096 bits. */
  RSA_4096("RSA", "4096"),
  /** ECDSA on P-224: Envoy refuses it. */
  P_224("EC", "P-224"),
  /** ECDSA on P-256. */
  P_256("EC", "P-256"),
  /** ECDSA on P-384. */
  P_384("EC", "P-384"),
  /** ECDSA on P-521. */
  P_521("EC", "P-521"),
  /** ECDSA on secp256k1: Envoy refuses it. */
  SECP256K1("EC", "secp256k1"),
  /** EdDSA on Curve25519. */
  ED25519("Ed25519", ""),
  /** EdDSA on Curve448: Envoy refuses it. */
  ED448("Ed448", "");

  /** The JCA name of the key's family. */
  final String family;

  /** The modulus length or the curve; empty where the family leaves no choice. */
  final String parameter;

  KeyAlgorithm(String family, String parameter) {
    this.family = family;
    this.parameter = parameter;
  }
}
