package dev.sockeye.cli.load.plan;

import java.util.Locale;

/** What the users of a load do if there is no script. */
public enum Scenario {
    /** Connect and stay connected; requires nothing from the server. */
    CONNECT("connect"),
    /** Emit "echo" with an acknowledgement. */
    ECHO("echo"),
    /** Emit "broadcast"; all clients receive it. */
    BROADCAST("delivery"),
    /** Join a room and emit "room"; all clients in the room receive it. */
    ROOMS("delivery"),
    /** The same as echo, over HTTP long-polling. */
    POLLING("echo");

    static final String NAMES = "connect, echo, broadcast, rooms, polling";

    private final String label;

    Scenario(String label) {
        this.label = label;
    }

    /** The most important row of the results. */
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
