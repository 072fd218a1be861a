package net.lecentre.certmerge.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.InspectionMemory;
import net.lecentre.certmerge.core.inspect.Inspector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Pairs per second, each reader on the same files, one pair after another in one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
// One thread: collecting garbage counts too.
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-Xms512m", "-Xmx512m"})
public class InspectionBenchmark {
  /** {@code mixed}, {@code rsa} or {@code ec}. */
  @Param({"mixed", "rsa", "ec"})
  public String kind = "";

  private final InspectionMemory memory = new InspectionMemory(Acceptance.envoy(), 1000);
  private List<PairFiles> pairs = List.of();
  private int next;

  /** Reads the pairs from the directory {@code pairs}, a system property, and tries each reader. */
  @Setup
  public void read() throws IOException, GeneralSecurityException {
    pairs = PairFiles.read(Path.of(System.getProperty("pairs", "pairs")), kind);
    for (int i = 0; i < pairs.size(); i++) {
      if (!(jca()
          && bouncyCastleByJca()
          && certmerge()
          && certmergeWithSignatures()
          && certmergeSeenBefore())) {
        throw new IllegalStateException("a reader does not accept a pair");
      }
    }
  }

  private PairFiles next() {
    next = next + 1 < pairs.size() ? next + 1 : 0;
    return pairs.get(next);
  }

  @Benchmark
  public boolean jca() throws GeneralSecurityException {
    PairFiles pair = next();
    return Jca.fits(pair.crt(), pair.key());
  }

  @Benchmark
  public boolean bouncyCastleByJca() throws IOException, GeneralSecurityException {
    PairFiles pair = next();
    return BouncyCastle.fits(pair.crt(), pair.key());
  }

  @Benchmark
  public boolean certmerge() {
    PairFiles pair = next();
    return Inspector.inspect(pair.crt(), pair.key(), Acceptance.envoy()) instanceof Accepted;
  }

  /** With the signatures of the chain, which are verified when findings are asked for. */
  @Benchmark
  public boolean certmergeWithSignatures() {
    PairFiles pair = next();
    return Inspector.inspect(pair.crt(), pair.key(), Acceptance.envoy()).findings().isEmpty();
  }

  @Benchmark
  public boolean certmergeSeenBefore() {
    PairFiles pair = next();
    return memory.inspect(pair.crt(), pair.key()) instanceof Accepted;
  }
}
