package dev.sockeye.cli.console;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jline.utils.AttributedStyle;

/** Where the lines of a conversation appear. Any thread. */
abstract class Screen {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    @GuardedBy("this")
    private boolean over;

    /** What a line is about: its sign and its colour. */
    enum Kind {
        /** The connection is there. */
        UP("*", AttributedStyle.GREEN),
        /** The connection is lost, or tried again. */
        DOWN("*", AttributedStyle.YELLOW),
        /** An event of the server. */
        EVENT("<", AttributedStyle.CYAN),
        /** An acknowledgement of the server. */
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

    /** Shows a line with the time of now; what would steer a terminal is replaced. */
    final synchronized void show(Kind kind, String text) {
        if (over) {
            return;
        }
        show(LocalTime.now(ZoneId.systemDefault()).format(TIME), kind, text.replaceAll("\\p{Cc}", "\uFFFD"));
    }

    /** Shows nothing more. */
    final synchronized void end() {
        over = true;
    }

    abstract void show(String time, Kind kind, String text);
}
