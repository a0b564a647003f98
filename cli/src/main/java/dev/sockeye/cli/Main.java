package dev.sockeye.cli;

import dev.sockeye.cli.console.ConnectCommand;
import dev.sockeye.cli.console.EmitCommand;
import dev.sockeye.cli.load.LoadCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code sockeye} command. */
@Command(
        name = "sockeye",
        description = "Socket.IO for the JVM.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("chat", ChatCommand.class);
        COMMANDS.put("connect", ConnectCommand.class);
        COMMANDS.put("emit", EmitCommand.class);
        COMMANDS.put("load", LoadCommand.class);
    }

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    private Main() {}

    /** Runs the command and exits the JVM with its exit code. */
    public static void main(String[] args) {
        int code = commandLine(args).execute(args);
        // a full disk or a closed pipe: what was asked for was not printed
        System.exit(code == 0 && System.out.checkError() ? 1 : code);
    }

    /** The command line with short error messages; for tests that set other writers. */
    public static CommandLine commandLine() {
        return commandLine(new String[0]);
    }

    /** Creates only the subcommand that the arguments name, if any. Reading the options of all subcommands would delay the start. */
    static CommandLine commandLine(String[] args) {
        CommandLine line = new CommandLine(new Main());
        Class<?> asked = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (asked != null) {
            line.addSubcommand(args[0], asked);
        } else {
            COMMANDS.forEach(line::addSubcommand);
        }
        line.setExpandAtFiles(false); // @ is part of events and of --auth @file
        line.setExecutionExceptionHandler((error, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText("sockeye: " + reason(error)));
            return command.getCommandSpec().exitCodeOnExecutionException();
        });
        line.setParameterExceptionHandler((error, arguments) -> {
            CommandLine command = error.getCommandLine();
            PrintWriter err = command.getErr();
            err.println(command.getColorScheme().errorText("sockeye: " + reason(error)));
            CommandLine.UnmatchedArgumentException.printSuggestions(error, err);
            err.println("\"" + command.getCommandSpec().qualifiedName() + " --help\" shows the usage.");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        return line;
    }

    /** Without a subcommand: lists the available ones. */
    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    private static String reason(Throwable error) {
        String message = error.getMessage();
        if (message == null) {
            return error.toString();
        }
        // the message of some is the file only
        return Plain.text(
                error instanceof FileSystemException ? error.getClass().getSimpleName() + ": " + message : message);
    }

    /** The version that Maven wrote into the jar or the classes directory. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties values = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                if (in != null) {
                    values.load(in);
                }
            }
            return new String[] {"sockeye " + values.getProperty("version", "(unknown version)")};
        }
    }
}
