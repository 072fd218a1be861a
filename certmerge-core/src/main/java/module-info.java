/**
 * Parses, validates and merges PEM certificates and keys: {@link
 * net.lecentre.certmerge.core.inspect.Inspector} says what a pair is worth, {@link
 * net.lecentre.certmerge.core.merge.Merge} what shall become of many, {@link
 * net.lecentre.certmerge.core.format.Layout} lays it out as files.
 *
 * <p>Nothing here logs, reads files, asks for the time, starts a thread or registers a provider;
 * every value may be used by any thread.
 */
module net.lecentre.certmerge.core {
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static org.jspecify;

  exports net.lecentre.certmerge.core.format;
  exports net.lecentre.certmerge.core.inspect;
  exports net.lecentre.certmerge.core.merge;
}
