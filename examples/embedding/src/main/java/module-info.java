/** A program that embeds certmerge-core. */
module com.example.gateway {
  requires net.lecentre.certmerge.core;
}
