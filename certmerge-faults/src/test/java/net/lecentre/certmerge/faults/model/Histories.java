package net.lecentre.certmerge.faults.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.lecentre.certmerge.faults.model.World.Name;
import net.lecentre.certmerge.faults.model.World.Source;
import net.lecentre.certmerge.faults.model.World.Spec;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;

/** Makes histories, the same for the same seed but for the keys. */
final class Histories {
  private static final List<Name> CERT_MERGES =
      List.of(new Name(Rules.OWN, "one"), new Name(Rules.TRUSTED, "two"));
  private static final TestCa CA = TestCa.create();

  private final Random random;
  private final boolean kills;
  private final World world = new World();
  private final List<Step> steps = new ArrayList<>();

  private Histories(long seed, boolean kills) {
    this.random = new Random(seed);
    this.kills = kills;
  }

  /**
   * A history.
   *
   * @param length how many steps it has, without those that only settle
   * @param kills whether the operator may be killed in it, which takes seconds each time
   */
  static List<Step> random(long seed, int length, boolean kills) {
    Histories histories = new Histories(seed, kills);
    while (histories.steps.stream().filter(it -> !(it instanceof Step.Settle)).count() < length) {
      histories.round();
    }
    return histories.steps;
  }

  /** Some steps, and the wait for what comes of them. Only Secrets come several at once. */
  private void round() {
    if (chance(15)) {
      Step.Fault[] faults = Step.Fault.values();
      Step.Fault fault = faults[random.nextInt(faults.length)];
      if (kills || fault != Step.Fault.KILLED) {
        steps.add(new Step.Suffer(fault));
      }
    }
    if (chance(20) || world.certMerges.isEmpty()) {
      certMerge();
    } else if (chance(5)) {
      Name name = name();
      steps.add(new Step.Meddle(pick(CERT_MERGES), name.name(), chance(30)));
    } else {
      int several = 1 + random.nextInt(3);
      for (int i = 0; i < several; i++) {
        source();
      }
    }
    steps.add(new Step.Settle());
  }

  private void certMerge() {
    Name name = pick(CERT_MERGES);
    if (chance(7)) {
      world.certMerges.remove(name);
      steps.add(new Step.Unmerge(name));
      return;
    }
    List<Name> listed = new ArrayList<>();
    List<Optional<String>> selected = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      listed.add(name());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      selected.add(
          chance(30) ? Optional.empty() : Optional.of(pick(List.of(Rules.OWN, Rules.OTHER))));
    }
    Spec spec =
        new Spec(
            listed,
            selected,
            chance(30),
            chance(25),
            chance(30),
            chance(25) ? Optional.of(random.nextInt(2)) : Optional.empty(),
            chance(7));
    world.certMerges.put(name, spec);
    steps.add(new Step.Merge(name, spec));
  }

  private void source() {
    Name name = name();
    Source now = world.sources.get(name);
    if (now == null) {
      put(name, new Source(chance(80), issue(name, true), chance(70), chance(60)));
    } else {
      switch (random.nextInt(6)) {
        case 0, 1 -> put(name, new Source(true, issue(name, true), now.labelled(), now.consents()));
        case 2 -> put(name, new Source(false, issue(name, false), now.labelled(), now.consents()));
        case 3 -> put(name, new Source(now.good(), now.pair(), !now.labelled(), now.consents()));
        case 4 -> put(name, new Source(now.good(), now.pair(), now.labelled(), !now.consents()));
        default -> {
          world.sources.remove(name);
          steps.add(new Step.Delete(name));
        }
      }
    }
  }

  private void put(Name name, Source source) {
    Source sound =
        source.good()
            ? source
            : new Source(false, issue(name, false), source.labelled(), source.consents());
    world.sources.put(name, sound);
    steps.add(new Step.Put(name, sound));
  }

  private static IssuedPair issue(Name name, boolean good) {
    Request request = Request.forHosts(name.name() + ".example.com");
    return CA.issue(good ? request : request.withWrongKey());
  }

  private Name name() {
    return new Name(pick(List.of(Rules.OWN, Rules.OTHER)), "s" + random.nextInt(4));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }
}
