package net.lecentre.certmerge.reloader.decide;

import java.util.List;

/** What the two files of a key hold. */
public sealed interface OnDisk {

  /**
   * A pair that Envoy loads.
   *
   * @param chain the certificates of the file
   * @param canonical whether the file holds exactly this chain in canonical PEM; otherwise Envoy
   *     may present more than {@code chain}, and only the leaf is compared
   */
  record Usable(Chain chain, boolean canonical) implements OnDisk {}

  /**
   * A pair that Envoy would load, but that should not be served now.
   *
   * @param chain the certificates of the file
   * @param reasons the findings, as sentences
   */
  record OutOfDate(Chain chain, List<String> reasons) implements OnDisk {
    /** Copies the list. */
    public OutOfDate {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * Files that Envoy would not load: with them it must not be restarted.
   *
   * @param reasons the findings, as sentences
   */
  record Broken(List<String> reasons) implements OnDisk {
    /** Copies the list. */
    public Broken {
      reasons = List.copyOf(reasons);
    }
  }
}
