package dev.sockeye.cli.load;

import dev.sockeye.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs {@code load} as the shell does, and captures its output. */
final class CommandLineRun {
    final int code;
    final String out;
    final String err;

    private CommandLineRun(int code, String out, String err) {
        this.code = code;
        this.out = out;
        this.err = err;
    }

    /** With the check of the server and the warm-up, unless {@code --no-check} is set. */
    static CommandLineRun load(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of(args));
        all.add(0, "load");
        all.add("--quiet");
        int code = line.execute(all.toArray(String[]::new));
        return new CommandLineRun(code, out.toString(), err.toString());
    }
}
