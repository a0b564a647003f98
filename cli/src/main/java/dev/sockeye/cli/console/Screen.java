package dev.sockeye.cli.console;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jline.utils.AttributedStyle;

/** The output of a conversation. Thread-safe. */
abstract class Screen {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    @GuardedBy("this")
    private boolean over;

    /** The kind of a line, which determines its sign and colour. */
    enum Kind {
        /** The connection was established. */
        UP("*", AttributedStyle.GREEN),
        /** The connection was lost, or is being retried. */
        DOWN("*", AttributedStyle.YELLOW),
        /** An event from the server. */
        EVENT("<", AttributedStyle.CYAN),
        /** An acknowledgement from the server. */
        ANSWER("=", AttributedStyle.GREEN),
        /** Something failed. */
        TROUBLE("!", AttributedStyle.RED);

        final String sign;
        final int colour;

        Kind(String sign, int colour) {
            this.sign = sign;
            this.colour = colour;
        }
    }

    /** Shows a line with the current time; terminal control characters are replaced. */
    final synchronized void show(Kind kind, String text) {
        if (over) {
            return;
        }
        show(LocalTime.now(ZoneId.systemDefault()).format(TIME), kind, text.replaceAll("\\p{Cc}", "\uFFFD"));
    }

    /** Stops all output. */
    final synchronized void end() {
        over = true;
    }

    abstract void show(String time, Kind kind, String text);
}
