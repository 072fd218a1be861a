package net.lecentre.certmerge.reloader.decide;

import static net.lecentre.certmerge.reloader.decide.Samples.GRACE;
import static net.lecentre.certmerge.reloader.decide.Samples.NOW;
import static net.lecentre.certmerge.reloader.decide.Samples.chain;
import static net.lecentre.certmerge.reloader.decide.Samples.leaf;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.lecentre.certmerge.reloader.decide.Answer.NoProof;
import net.lecentre.certmerge.reloader.decide.Answer.Presented;
import net.lecentre.certmerge.reloader.decide.Answer.Shown;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private static final String HOST = "shop.example.com";
  private static final Instant LONG_AGO = NOW.minus(Duration.ofHours(1));
  private static final Chain DISK = chain(leaf("22", 1, HOST), "issuer");
  private static final Chain EARLIER = chain(leaf("11", 60, HOST), "issuer");

  private static KeyObservation shop(OnDisk onDisk, Instant appeared, Shown... shown) {
    List<Answer> answers = new ArrayList<>();
    for (Shown one : shown) {
      answers.add(new Answer(HOST, "127.0.0.1:8443", one));
    }
    return new KeyObservation(
        "shop-tls", "shop-tls.crt", "content", onDisk, appeared, List.of(HOST), answers, Set.of());
  }

  private static KeyObservation shop(Chain disk, Shown... shown) {
    return shop(new OnDisk.Usable(disk, true), LONG_AGO, shown);
  }

  private static KeyStatus judge(KeyObservation key) {
    return judge(key, List.of());
  }

  private static KeyStatus judge(KeyObservation key, List<LoadedCertificate> loaded) {
    return Judge.judge(List.of(key), loaded, GRACE, NOW).get(0);
  }

  @Test
  void the_chain_on_disk_is_served() {
    assertThat(judge(shop(DISK, new Presented(DISK))).state()).isEqualTo(State.Served);
  }

  @Test
  void an_older_certificate_for_the_same_host_is_stale() {
    KeyStatus status = judge(shop(DISK, new Presented(EARLIER)));

    assertThat(status.state()).isEqualTo(State.Stale);
    assertThat(status.served()).isEqualTo(EARLIER.leaf());
    assertThat(status.disk()).isEqualTo(DISK.leaf());
  }

  @Test
  void an_older_certificate_is_pending_within_the_grace() {
    KeyObservation key =
        shop(new OnDisk.Usable(DISK, true), NOW.minusSeconds(1), new Presented(EARLIER));

    assertThat(judge(key).state()).isEqualTo(State.Pending);
  }

  @Test
  void it_is_stale_as_soon_as_the_grace_has_ended() {
    KeyObservation key =
        shop(new OnDisk.Usable(DISK, true), NOW.minus(GRACE), new Presented(EARLIER));

    assertThat(judge(key).state()).isEqualTo(State.Stale);
  }

  @Test
  void a_new_certificate_is_served_within_the_grace_too() {
    KeyObservation key = shop(new OnDisk.Usable(DISK, true), NOW, new Presented(DISK));

    assertThat(judge(key).state()).isEqualTo(State.Served);
  }

  @Test
  void no_answer_is_unknown() {
    assertThat(judge(shop(DISK, new NoProof("reset"))).state()).isEqualTo(State.Unknown);
  }

  @Test
  void a_default_certificate_for_other_hosts_is_unknown() {
    Chain fallback = chain(leaf("99", 80, "default.example.org"));

    assertThat(judge(shop(DISK, new Presented(fallback))).state()).isEqualTo(State.Unknown);
  }

  @Test
  void an_older_wildcard_that_merely_covers_the_host_is_unknown() {
    Chain wildcard = chain(leaf("99", 80, "*.example.com"));

    assertThat(judge(shop(DISK, new Presented(wildcard))).state()).isEqualTo(State.Unknown);
  }

  @Test
  void a_certificate_newer_than_the_one_on_disk_is_unknown() {
    Chain newer = chain(leaf("33", 0, HOST));

    assertThat(judge(shop(DISK, new Presented(newer))).state()).isEqualTo(State.Unknown);
  }

  @Test
  void a_certificate_that_the_files_held_before_is_stale_even_if_it_is_newer() {
    Chain newer = chain(leaf("33", 0, HOST));
    KeyObservation key =
        new KeyObservation(
            "shop-tls",
            "shop-tls.crt",
            "content",
            new OnDisk.Usable(DISK, true),
            LONG_AGO,
            List.of(HOST),
            List.of(new Answer(HOST, "127.0.0.1:8443", new Presented(newer))),
            Set.of(newer.leaf().sha256()));

    assertThat(judge(key).state()).isEqualTo(State.Stale);
  }

  @Test
  void a_certificate_that_envoy_read_from_this_keys_file_is_stale_whatever_its_names() {
    Chain renamed = chain(leaf("11", 0, "www.example.com"));
    LoadedCertificate loaded = new LoadedCertificate("11", "/etc/certs/shop-tls.crt");

    KeyStatus status = judge(shop(DISK, new Presented(renamed)), List.of(loaded));

    assertThat(status.state()).isEqualTo(State.Stale);
    assertThat(status.evidence()).isEqualTo(Evidence.file);
  }

  @Test
  void a_certificate_that_came_inline_is_no_evidence_of_a_static_configuration() {
    LoadedCertificate loaded = new LoadedCertificate("11", "<inline>");

    assertThat(judge(shop(DISK, new Presented(EARLIER)), List.of(loaded)).evidence())
        .isEqualTo(Evidence.none);
  }

  @Test
  void a_certificate_read_from_another_keys_file_is_no_evidence_of_a_static_configuration() {
    LoadedCertificate loaded = new LoadedCertificate("11", "/etc/certs/my-shop-tls.crt");

    assertThat(judge(shop(DISK, new Presented(EARLIER)), List.of(loaded)).evidence())
        .isEqualTo(Evidence.none);
  }

  @Test
  void a_certificate_that_is_on_disk_under_another_key_is_unknown() {
    KeyObservation other =
        new KeyObservation(
            "other",
            "other.crt",
            "other content",
            new OnDisk.Usable(EARLIER, true),
            LONG_AGO,
            List.of(HOST),
            List.of(),
            Set.of());

    List<KeyStatus> statuses =
        Judge.judge(List.of(shop(DISK, new Presented(EARLIER)), other), List.of(), GRACE, NOW);

    assertThat(statuses.get(0).state()).isEqualTo(State.Unknown);
    assertThat(statuses.get(0).reason()).contains("under another key");
  }

  private static KeyObservation renewed(String key, Chain disk, Set<String> earlier) {
    return new KeyObservation(
        key,
        key + ".crt",
        "content of " + key,
        new OnDisk.Usable(disk, true),
        LONG_AGO,
        List.of(HOST),
        List.of(new Answer(HOST, "127.0.0.1:8443", new Presented(EARLIER))),
        earlier);
  }

  @Test
  void of_two_keys_for_one_host_only_the_one_that_held_it_is_stale() {
    KeyObservation rsa = renewed("rsa", DISK, Set.of("digest-of-9"));
    KeyObservation ec = renewed("ec", chain(leaf("23", 1, HOST)), Set.of(EARLIER.leaf().sha256()));

    List<KeyStatus> statuses = Judge.judge(List.of(rsa, ec), List.of(), GRACE, NOW);

    assertThat(statuses).extracting(KeyStatus::state).containsExactly(State.Unknown, State.Stale);
    assertThat(statuses.get(1).evidence()).isEqualTo(Evidence.memory);
  }

  @Test
  void of_two_keys_for_one_host_only_the_one_whose_file_envoy_names_is_stale() {
    KeyObservation rsa = renewed("rsa", DISK, Set.of());
    KeyObservation ec = renewed("ec", chain(leaf("23", 1, HOST)), Set.of());

    List<KeyStatus> statuses =
        Judge.judge(
            List.of(rsa, ec),
            List.of(new LoadedCertificate("11", "/etc/certs/ec.crt")),
            GRACE,
            NOW);

    assertThat(statuses).extracting(KeyStatus::state).containsExactly(State.Unknown, State.Stale);
    assertThat(statuses.get(1).evidence()).isEqualTo(Evidence.file);
  }

  @Test
  void an_older_certificate_for_the_same_host_alone_is_no_evidence_for_acting() {
    assertThat(judge(shop(DISK, new Presented(EARLIER))).evidence()).isEqualTo(Evidence.none);
  }

  @Test
  void the_leaf_with_other_issuers_is_not_served() {
    Chain otherIssuer = chain(DISK.leaf(), "another issuer");

    assertThat(judge(shop(DISK, new Presented(otherIssuer))).state()).isEqualTo(State.Unknown);
  }

  @Test
  void of_a_file_that_is_not_canonical_the_leaf_decides() {
    Chain longer = chain(DISK.leaf(), "issuer", "issuer");
    KeyObservation key = shop(new OnDisk.Usable(DISK, false), LONG_AGO, new Presented(longer));

    assertThat(judge(key).state()).isEqualTo(State.Served);
  }

  @Test
  void one_outdated_answer_outweighs_a_good_one() {
    assertThat(judge(shop(DISK, new Presented(DISK), new Presented(EARLIER))).state())
        .isEqualTo(State.Stale);
  }

  @Test
  void one_good_answer_proves_it_and_the_missing_one_is_told() {
    KeyStatus status = judge(shop(DISK, new Presented(DISK), new NoProof("reset")));

    assertThat(status.state()).isEqualTo(State.Served);
    assertThat(status.reason()).contains("reset");
  }

  @Test
  void broken_files_are_invalid_at_once_and_what_is_served_is_shown() {
    KeyObservation key =
        shop(new OnDisk.Broken(List.of("KEY_MISMATCH: no.")), NOW, new Presented(EARLIER));

    KeyStatus status = judge(key);

    assertThat(status.state()).isEqualTo(State.Invalid);
    assertThat(status.reason()).isEqualTo("KEY_MISMATCH: no.");
    assertThat(status.served()).isEqualTo(EARLIER.leaf());
    assertThat(status.loadable()).isFalse();
  }

  @Test
  void an_expired_certificate_is_invalid_but_loadable() {
    KeyObservation key =
        shop(new OnDisk.OutOfDate(DISK, List.of("EXPIRED: yes.")), LONG_AGO, new Presented(DISK));

    KeyStatus status = judge(key);

    assertThat(status.state()).isEqualTo(State.Invalid);
    assertThat(status.loadable()).isTrue();
  }
}
