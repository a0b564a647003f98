package dev.sockeye.cli.load.plan;

import java.util.Locale;

/** What the users of a load do, when no script says it. */
public enum Scenario {
    /** Connect and stay; needs nothing of the server. */
    CONNECT("connect"),
    /** Emit "echo" with an acknowledgement. */
    ECHO("echo"),
    /** Emit "broadcast"; everybody gets it. */
    BROADCAST("delivery"),
    /** Join a room, emit "room"; everybody in it gets it. */
    ROOMS("delivery"),
    /** As echo, by HTTP long-polling. */
    POLLING("echo");

    static final String NAMES = "connect, echo, broadcast, rooms, polling";

    private final String label;

    Scenario(String label) {
        this.label = label;
    }

    /** The row of figures that says most. */
    public String label() {
        return label;
    }

    /** The name on the command line. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isFanOut() {
        return this == BROADCAST || this == ROOMS;
    }
}
