package net.lecentre.certmerge.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ControlPlaneLifeIT {

  @Test
  void closing_leaves_no_process_and_no_file() {
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    ControlPlane plane = ControlPlane.start();
    Path directory = plane.adminKubeconfig().getParent();
    List<ProcessHandle> started = descendantsBut(before);
    assertThat(started).hasSizeGreaterThanOrEqualTo(3);

    plane.close();

    assertThat(started).noneMatch(ProcessHandle::isAlive);
    assertThat(directory).doesNotExist();
  }

  @Test
  void two_control_planes_live_side_by_side() {
    try (ControlPlane one = ControlPlane.start();
        ControlPlane two = ControlPlane.start()) {
      String namespace = one.newNamespace("only-here");

      assertThat(one.client().namespaces().withName(namespace).get()).isNotNull();
      assertThat(two.client().namespaces().withName(namespace).get()).isNull();
    }
  }

  private static List<ProcessHandle> descendantsBut(List<ProcessHandle> others) {
    try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
      return all.filter(it -> !others.contains(it)).toList();
    }
  }
}
