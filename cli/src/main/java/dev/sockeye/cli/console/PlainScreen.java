package dev.sockeye.cli.console;

import java.io.PrintWriter;

/** Plain lines without colours, for files and pipes; failures are written to the error stream. */
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
