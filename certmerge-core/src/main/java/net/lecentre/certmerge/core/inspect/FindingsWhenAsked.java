package net.lecentre.certmerge.core.inspect;

import java.util.AbstractList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Findings that are looked for when somebody reads the list for the first time. */
final class FindingsWhenAsked extends AbstractList<Finding> {
  private final Supplier<List<Finding>> search;
  private volatile @Nullable List<Finding> found;

  /**
   * Looks for nothing yet.
   *
   * @param search gives the same at any time, and a list that does not change
   */
  FindingsWhenAsked(Supplier<List<Finding>> search) {
    this.search = search;
  }

  private List<Finding> found() {
    List<Finding> known = found;
    if (known == null) {
      known = search.get();
      found = known;
    }
    return known;
  }

  @Override
  public Finding get(int index) {
    return found().get(index);
  }

  @Override
  public int size() {
    return found().size();
  }
}
