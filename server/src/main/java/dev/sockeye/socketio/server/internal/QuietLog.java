package dev.sockeye.socketio.server.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Logs errors caused by clients, limited to a few lines per second, so that clients cannot flood the log. */
final class QuietLog {
    private static final int LINES_EACH_SECOND = 10;

    private static final int MOST_SHOWN = 100;

    private final Logger logger;
    private final AtomicLong second = new AtomicLong();
    private final AtomicInteger lines = new AtomicInteger();

    QuietLog(Class<?> owner) {
        logger = System.getLogger(owner.getName());
    }

    void debug(Supplier<String> message) {
        log(Level.DEBUG, message);
    }

    void warning(Supplier<String> message) {
        log(Level.WARNING, message);
    }

    /** Formats input of a client for the log: quoted, shortened, without control characters. */
    static String quoted(String text) {
        return '"' + plain(text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text) + '"';
    }

    /** Removes the control characters from a text that contains input of a client. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text);
        for (int i = 0; i < plain.length(); i++) {
            if (Character.isISOControl(plain.charAt(i))) {
                plain.setCharAt(i, '?');
            }
        }
        return plain.toString();
    }

    private void log(Level level, Supplier<String> message) {
        if (!logger.isLoggable(level)) {
            return;
        }
        long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        int dropped = 0;
        if (second.getAndSet(now) != now) {
            dropped = Math.max(0, lines.getAndSet(0) - LINES_EACH_SECOND);
        }
        if (lines.incrementAndGet() <= LINES_EACH_SECOND) {
            String suffix = dropped == 0 ? "" : " (" + dropped + " such lines left out)";
            logger.log(level, message.get() + suffix);
        }
    }
}
