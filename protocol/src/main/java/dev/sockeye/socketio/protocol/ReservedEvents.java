package dev.sockeye.socketio.protocol;

/**
 * Names that application events must not have, because the official libraries use them internally: {@code connect},
 * {@code connect_error}, {@code disconnect}, {@code disconnecting}, {@code newListener}, {@code removeListener}.
 * A received event with such a name is an invalid packet.
 */
public final class ReservedEvents {
    private ReservedEvents() {}

    /** Whether this name is reserved. */
    public static boolean contains(String name) {
        return switch (name) {
            case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener" -> true;
            default -> false;
        };
    }

    /**
     * Throws if the name is reserved.
     *
     * @return the name
     * @throws IllegalArgumentException if the name is reserved, with the official text {@code "connect" is a reserved
     *     event name}
     */
    public static String check(String name) {
        if (contains(name)) {
            throw new IllegalArgumentException('"' + name + "\" is a reserved event name");
        }
        return name;
    }
}
