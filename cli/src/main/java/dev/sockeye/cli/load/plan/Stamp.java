package dev.sockeye.cli.load.plan;

import java.util.Locale;

/** Strings that contain the run, the sender and the time of sending. Immutable. */
public final class Stamp {
    private static final int RUN = 4;
    private static final int TIME = 11;
    private static final int SENDER = 5;

    /** The minimum length. */
    public static final int LENGTH = RUN + TIME + SENDER;

    private final String run;
    private final long origin;
    private final String padding;

    public Stamp(int seed, long origin, int length) {
        this.run = digits(Math.floorMod(seed, 36 * 36 * 36 * 36), RUN);
        this.origin = origin;
        this.padding = "x".repeat(Math.max(0, length - LENGTH));
    }

    /** Time by {@link System#nanoTime}. */
    public String write(long time, int sender, int length) {
        return run
                + digits(Math.max(0, time - origin), TIME)
                + digits(sender, SENDER)
                + padding.substring(0, Math.max(0, length - LENGTH));
    }

    public boolean isOurs(String text) {
        return text.length() >= LENGTH && text.startsWith(run);
    }

    public long time(String text) {
        return origin + Long.parseLong(text, RUN, RUN + TIME, 36);
    }

    public int sender(String text) {
        return Integer.parseInt(text, RUN + TIME, LENGTH, 36);
    }

    private static String digits(long value, int width) {
        String text = Long.toString(value, 36).toLowerCase(Locale.ROOT);
        return "0".repeat(width - text.length()) + text;
    }
}
