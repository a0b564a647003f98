package dev.sockeye.verification;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The programs behind {@code ./sockeye-verify}. */
@Command(
        name = "sockeye-verify",
        mixinStandardHelpOptions = true,
        description = "Servers and long runs that prove Sockeye.",
        subcommands = {})
public final class Verify {
    private Verify() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Verify()).execute(arguments));
    }
}
