package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.client.Config;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import net.lecentre.certmerge.operator.check.CheckCommand;
import net.lecentre.certmerge.operator.flags.EnvironmentDefaults;
import net.lecentre.certmerge.operator.terminal.Mistyped;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command line of the operator. */
@Command(
    name = "certmerge-operator",
    description = "Keeps target Secrets merged from the TLS Secrets that CertMerge resources name.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    subcommands = {CheckCommand.class, PlanCommand.class, AutoComplete.GenerateCompletion.class},
    sortOptions = false,
    footer = {
      "",
      "Every option can also be set by an environment variable: --some-option as"
          + " CERTMERGE_SOME_OPTION.",
      "Uses the cluster of KUBECONFIG, else the one it runs in.",
      "Exit codes: 0 done, 1 the work found a problem, 2 wrong usage or configuration."
    })
public final class Main implements Callable<Integer> {
  @Mixin private Options options = new Options();

  /** Runs the operator until it is told to stop. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::refuse);
  }

  private static int refuse(CommandLine.ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    command.getErr().println(problem.getMessage());
    meant(problem)
        .ifPresentOrElse(
            option -> command.getErr().println("Did you mean " + option + "?"),
            () ->
                CommandLine.UnmatchedArgumentException.printSuggestions(problem, command.getErr()));
    command.getErr().println("--help lists the options.");
    return CommandLine.ExitCode.USAGE;
  }

  /** The option that was meant by an unknown one; picocli only knows what begins alike. */
  private static Optional<String> meant(CommandLine.ParameterException problem) {
    return problem instanceof CommandLine.UnmatchedArgumentException unmatched
            && unmatched.isUnknownOption()
        ? Mistyped.meant(
            unmatched.getUnmatched().get(0).replaceFirst("=.*", ""),
            problem.getCommandLine().getCommandSpec().optionsMap().keySet())
        : Optional.empty();
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.configure(options.logLevel, options.logJson);
    Logger log = LoggerFactory.getLogger(Main.class);
    ApiServer found = ApiServer.find();
    if (found instanceof ApiServer.None none) {
      log.error(none.message());
      return CommandLine.ExitCode.USAGE;
    }
    Config config = ((ApiServer.Known) found).config();
    Optional<String> obstacle = ApiServer.obstacle(config, options.namespaces);
    if (obstacle.isPresent()) {
      log.atError().addKeyValue("apiServer", config.getMasterUrl()).log(obstacle.get());
      return CommandLine.ExitCode.SOFTWARE;
    }
    return run(config, log);
  }

  private int run(Config config, Logger log) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      CertMergeOperator operator = new CertMergeOperator(config, options, Clock.systemUTC());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    operator.close();
                    stopped.countDown();
                  },
                  "shutdown"));
      operator.start();
    } catch (UncheckedIOException portTaken) {
      log.error(portTaken.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (RuntimeException e) {
      log.error("the operator could not start: {}", ApiServer.reason(e));
      return CommandLine.ExitCode.SOFTWARE;
    }
    stopped.await();
    return CommandLine.ExitCode.OK;
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"certmerge-operator " + (version == null ? "unpackaged" : version)};
    }
  }
}
