package net.lecentre.certmerge.reloader.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdviceTest {
  private static final KeyObservation SHOP = key("shop-tls");
  private static final LoadedCertificate STATIC =
      new LoadedCertificate("1", "/etc/certs/shop-tls.crt");

  private static KeyObservation key(String key) {
    return new KeyObservation(
        key,
        key + ".crt",
        "content",
        new OnDisk.Broken(List.of()),
        Samples.NOW,
        List.of(),
        List.of(),
        Set.of());
  }

  @Test
  void a_static_configuration_is_told_how_to_do_without_restarts() {
    assertThat(Advice.on(List.of(SHOP), List.of(STATIC), key -> false))
        .singleElement()
        .asString()
        .contains("shop-tls", "path_config_source", "watched_directory", "EnvoySDS");
  }

  @Test
  void sds_files_that_are_mounted_already_are_pointed_to() {
    assertThat(Advice.on(List.of(SHOP), List.of(STATIC), "shop-tls"::equals))
        .singleElement()
        .asString()
        .contains("are mounted already");
  }

  @Test
  void certificates_that_came_by_sds_need_no_advice() {
    LoadedCertificate inline = new LoadedCertificate("1", "<inline>");

    assertThat(Advice.on(List.of(SHOP), List.of(inline), key -> false)).isEmpty();
  }

  @Test
  void files_that_are_not_watched_are_none_of_our_business() {
    LoadedCertificate other = new LoadedCertificate("1", "/etc/ssl/ca.pem");

    assertThat(Advice.on(List.of(SHOP), List.of(other), key -> false)).isEmpty();
  }

  @Test
  void of_many_keys_a_few_are_named() {
    List<KeyObservation> keys = List.of(key("a"), key("b"), key("c"), key("d"), key("e"));
    List<LoadedCertificate> loaded =
        keys.stream()
            .map(key -> new LoadedCertificate("1", "/etc/certs/" + key.certificateFile()))
            .toList();

    assertThat(Advice.on(keys, loaded, key -> false))
        .singleElement()
        .asString()
        .contains("a, b, c and 2 more");
  }
}
