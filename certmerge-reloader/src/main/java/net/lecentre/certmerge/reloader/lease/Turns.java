package net.lecentre.certmerge.reloader.lease;

import net.lecentre.certmerge.reloader.decide.Turn;

/** How this replica gets its turn. */
public interface Turns extends AutoCloseable {

  /** Whether it is this replica's turn now. */
  Turn now();

  /** Asks for a turn, or goes on asking. Does not wait for it. */
  void ask();

  /** Gives the turn back, or no longer asks for it. */
  void giveBack();

  /** Gives the turn back for good. */
  @Override
  void close();

  /** Of a gateway with one replica: it is always its turn. */
  static Turns alone() {
    return new Turns() {
      @Override
      public Turn now() {
        return new Turn.Ours();
      }

      @Override
      public void ask() {}

      @Override
      public void giveBack() {}

      @Override
      public void close() {}
    };
  }
}
