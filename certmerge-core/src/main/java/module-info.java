/** Parses, validates and merges PEM certificates and keys. */
module net.lecentre.certmerge.core {
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static org.jspecify;

  exports net.lecentre.certmerge.core.format;
  exports net.lecentre.certmerge.core.inspect;
  exports net.lecentre.certmerge.core.merge;
}
