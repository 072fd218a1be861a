package net.lecentre.certmerge.reloader;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.lecentre.certmerge.reloader.decide.Policy;
import net.lecentre.certmerge.reloader.probe.Endpoint;
import net.lecentre.certmerge.reloader.restart.Patience;

/**
 * What the reloader was started with.
 *
 * @param watch the mounted directories
 * @param probes the listeners to make handshakes with
 * @param policy what may be done
 * @param patience how long a restart waits
 * @param poll how long it may take at most until the next look
 * @param stateDirectory where it is noted what was done to Envoy
 */
record Settings(
    List<Path> watch,
    List<Endpoint> probes,
    Policy policy,
    Patience patience,
    Duration poll,
    Path stateDirectory) {
  Settings {
    watch = List.copyOf(watch);
    probes = List.copyOf(probes);
  }

  Set<Integer> ports() {
    return probes.stream().map(Endpoint::port).collect(Collectors.toSet());
  }
}
