package dev.sockeye.socketio.protocol;

/**
 * Names that no application event may have, because the official libraries use them for themselves: {@code connect}, {@code
 * connect_error}, {@code disconnect}, {@code disconnecting}, {@code newListener}, {@code removeListener}. Received under such
 * a name an event is an invalid packet.
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
     * Refuses a reserved name.
     *
     * @return the name
     * @throws IllegalArgumentException with the official text, {@code "connect" is a reserved event name}
     */
    public static String check(String name) {
        if (contains(name)) {
            throw new IllegalArgumentException('"' + name + "\" is a reserved event name");
        }
        return name;
    }
}
