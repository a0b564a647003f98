package dev.sockeye.cli.console;

import java.io.PrintWriter;

/** Lines without colours, for files and pipes; what failed goes to the error stream. */
final class PlainScreen extends Screen {
    private final PrintWriter out;
    private final PrintWriter err;

    PlainScreen(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    @Override
    void show(String time, Kind kind, String text) {
        PrintWriter target = kind == Kind.TROUBLE ? err : out;
        target.println(time + " " + kind.sign + " " + text);
        target.flush();
    }
}
