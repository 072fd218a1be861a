package net.lecentre.certmerge.operator.flags;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Reads an option that is not given from the environment; an empty variable counts as unset. */
public final class EnvironmentDefaults implements IDefaultValueProvider {
  private final Map<String, String> environment;

  /** Reads the environment of the process. */
  public EnvironmentDefaults() {
    this(System.getenv());
  }

  public EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String name = option.longestName().substring("--".length());
    String variable = "CERTMERGE_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    String value = set(variable);
    // The 2018 operator read its logging flags without a prefix.
    return value == null && name.startsWith("log") ? set(name.toUpperCase(Locale.ROOT)) : value;
  }

  /** A manifest may name a variable and leave it empty: that is as if it were not set. */
  private @Nullable String set(String variable) {
    String value = environment.get(variable);
    return value == null || value.isBlank() ? null : value;
  }
}
