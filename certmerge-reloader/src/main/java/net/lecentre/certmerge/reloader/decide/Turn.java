package net.lecentre.certmerge.reloader.decide;

/** Whether, of several replicas of a gateway, this one may restart its Envoy now. */
public sealed interface Turn {

  /** It may; also when there is nobody to wait for. */
  record Ours() implements Turn {}

  /** It has not asked. */
  record NotAsked() implements Turn {}

  /**
   * It has to wait.
   *
   * @param reason what for, as a clause
   */
  record Others(String reason) implements Turn {}
}
