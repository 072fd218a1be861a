package net.lecentre.certmerge.reloader;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Takes what is not on the command line from environment variables: {@code --min-uptime} from
 * {@code CERTMERGE_MIN_UPTIME}, and the two of 2018 from their old names too.
 */
final class Environment implements IDefaultValueProvider {
  private static final Set<String> OLD_NAMES = Set.of("LOGLEVEL", "LOGJSON");

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    String name =
        option.longestName().substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
    if (Set.of("HELP", "VERSION").contains(name)) {
      return null;
    }
    String value = variables.get("CERTMERGE_" + name);
    if (value == null && OLD_NAMES.contains(name)) {
      value = variables.get(name);
    }
    return value == null || value.isBlank() ? null : value.strip();
  }
}
