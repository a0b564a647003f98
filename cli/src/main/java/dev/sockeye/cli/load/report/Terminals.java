package dev.sockeye.cli.load.report;

import dev.sockeye.cli.Plain;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** Detects whether the progress is shown on a terminal, and the width of that terminal. */
public final class Terminals {
    private static final int USUAL_WIDTH = 80;

    private Terminals() {}

    /** Shows progress on the error stream, so that the results can be piped. */
    public static Progress progress(boolean quiet) {
        boolean live = isLive();
        return new Progress(
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                live,
                live ? width() : USUAL_WIDTH,
                quiet,
                Plain.colours(System.getenv()));
    }

    private static boolean isLive() {
        String kind = System.getenv("TERM");
        if (kind == null || kind.equals("dumb")) {
            return false;
        }
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException | RuntimeException e) {
            return CommandLine.Help.Ansi.AUTO.enabled(); // not Linux
        }
    }

    private static int width() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            stty.waitFor(1, TimeUnit.SECONDS);
            int columns = Integer.parseInt(size.substring(size.indexOf(' ') + 1));
            return columns > 0 ? columns : USUAL_WIDTH;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL_WIDTH;
        } catch (IOException | RuntimeException e) {
            return USUAL_WIDTH;
        }
    }
}
