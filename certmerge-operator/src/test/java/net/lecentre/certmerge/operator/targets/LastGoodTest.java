package net.lecentre.certmerge.operator.targets;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.accepted;
import static net.lecentre.certmerge.operator.Samples.brokenOffer;
import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static net.lecentre.certmerge.operator.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

class LastGoodTest {
  private static final IssuedPair SHOP = issue("shop.example.com");
  private static final IssuedPair API = issue("api.example.com");

  @Test
  void a_target_holds_the_pairs_that_were_written_with_their_sources() {
    Secret target = written().build();

    assertThat(of(target, List.of()))
        .isEqualTo(
            new Current(
                Map.of(
                    "shop", new Current.Entry("web/shop", accepted(SHOP)),
                    "api", new Current.Entry("web/api", accepted(API)))));
  }

  @Test
  void a_pair_that_somebody_damaged_is_no_good_one() {
    Secret target =
        written().addToData("shop.key", Base64.getEncoder().encodeToString(API.keyBytes())).build();

    assertThat(of(target, List.of()).entries()).containsOnlyKeys("api");
  }

  @Test
  void a_certificate_without_its_key_is_no_good_one() {
    Secret target = written().removeFromData("shop.key").build();

    assertThat(of(target, List.of()).entries()).containsOnlyKeys("api");
  }

  @Test
  void a_pair_of_a_known_owner_whose_source_is_not_written_down_belongs_to_no_source() {
    Secret target =
        written()
            .editMetadata()
            .removeFromAnnotations("certmerge.lecentre.net/sources")
            .endMetadata()
            .build();

    assertThat(of(target, List.of(brokenOffer("shop", "web/shop"))).entries())
        .containsEntry("shop", new Current.Entry("", accepted(SHOP)));
  }

  @Test
  void a_pair_of_2018_belongs_to_the_first_source_that_is_offered_for_its_key() {
    List<Offer> offers =
        List.of(
            brokenOffer("other", "web/other"),
            brokenOffer("shop", "web/shop"),
            offer("shop", "api/shop", API));

    assertThat(of(of2018(), offers).entries())
        .isEqualTo(Map.of("shop", new Current.Entry("web/shop", accepted(SHOP))));
  }

  @Test
  void a_pair_of_2018_that_nobody_offers_any_more_belongs_to_no_source() {
    assertThat(of(of2018(), List.of()).entries())
        .isEqualTo(Map.of("shop", new Current.Entry("", accepted(SHOP))));
  }

  @Test
  void a_target_without_data_holds_nothing() {
    assertThat(of(written().withData(null).build(), List.of())).isEqualTo(Current.none());
  }

  @Test
  void a_pair_under_a_former_name_is_in_no_shard_that_counts() {
    Secret former = written().editMetadata().withName("former").endMetadata().build();

    assertThat(of(former, List.of()).entries().values())
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry.shard()).isEqualTo(1));
  }

  @Test
  void what_two_secrets_hold_counts_where_it_belongs() {
    Secret former = written().editMetadata().withName("former").endMetadata().build();

    Current current =
        LastGood.of(
            spec(certMerge("name: merged")),
            Present.of(List.of(former, written().build())),
            List.of(),
            LastGood::pairs);

    assertThat(current.entries().values())
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry.shard()).isZero());
  }

  @Test
  void since_when_a_source_is_gone_is_read_back() {
    Secret target =
        written()
            .editMetadata()
            .addToAnnotations(
                "certmerge.lecentre.net/sources", "{\"shop\":\"web/shop 2027-01-01T00:00:00Z\"}")
            .endMetadata()
            .build();

    assertThat(of(target, List.of()).entries().get("shop"))
        .isEqualTo(new Current.Entry("web/shop", accepted(SHOP), 0, Optional.of(NOW)));
  }

  private static Current of(Secret secret, List<Offer> offers) {
    return LastGood.of(
        spec(certMerge("name: merged")), Present.of(List.of(secret)), offers, LastGood::pairs);
  }

  private static SecretBuilder written() {
    CertMerge certMerge = certMerge("name: merged");
    return new SecretBuilder(
        TargetSecret.of(
            certMerge,
            spec(certMerge),
            plan(offer("shop", "web/shop", SHOP), offer("api", "web/api", API)),
            0));
  }

  private static Secret of2018() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName("merged")
        .endMetadata()
        .addToData("shop.crt", Base64.getEncoder().encodeToString(SHOP.crtBytes()))
        .addToData("shop.key", Base64.getEncoder().encodeToString(SHOP.keyBytes()))
        .build();
  }
}
