package net.lecentre.certmerge.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Finding;
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

/** How long the inspection of a {@link Hostile} pair takes, its findings included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-Xms1g", "-Xmx1g"})
public class HostileBenchmark {
  @Param public Hostile shape = Hostile.NULS;

  /** {@code crt}, {@code key}, or {@code both}. */
  @Param({"crt", "key", "both"})
  public String where = "";

  /** The size of the file, in KiB. */
  @Param({"256", "512", "1024"})
  public int kib;

  private byte[] crt = {};
  private byte[] key = {};

  /** Makes the file, and takes a good one for the other. */
  @Setup
  public void make() throws IOException {
    PairFiles good = PairFiles.read(Path.of(System.getProperty("pairs", "pairs")), "ec").get(0);
    byte[] file = shape.file(kib * 1024);
    crt = where.equals("key") ? good.crt() : file;
    key = where.equals("crt") ? good.key() : asKey(file);
  }

  /** What is meant for a certificate's label would be skipped under it. */
  private static byte[] asKey(byte[] file) {
    return new String(file, StandardCharsets.ISO_8859_1)
        .replace(" CERTIFICATE-----", " PRIVATE KEY-----")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Benchmark
  public List<Finding> inspect() {
    return Inspector.inspect(crt, key, Acceptance.envoy()).findingsAt(Instant.EPOCH, Duration.ZERO);
  }
}
