package dev.sockeye.cli.console;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;

/** Plain lines without colours, for files and pipes; failures are written to the error stream. */
final class PlainScreen extends Screen {
    private final PrintWriter out;
    private final PrintWriter err;
    private final BooleanSupplier failed;
    private final Runnable broken;

    /**
     * @param failed whether the stream behind {@code out} has failed; the writer does not notice it
     * @param broken called when nobody reads the output any more, possibly several times
     */
    PlainScreen(PrintWriter out, PrintWriter err, BooleanSupplier failed, Runnable broken) {
        this.out = out;
        this.err = err;
        this.failed = failed;
        this.broken = broken;
    }

    @Override
    void show(String time, Kind kind, String text) {
        PrintWriter target = kind == Kind.TROUBLE ? err : out;
        target.println(time + " " + kind.sign + " " + text);
        target.flush();
        if (failed.getAsBoolean()) {
            broken.run();
        }
    }
}
