package dev.sockeye.socketio.server.internal;

import java.util.Set;

/** Event names with a predefined meaning, which applications cannot use. */
final class ReservedEvents {
    private static final Set<String> EMIT =
            Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");
    private static final Set<String> SERVER_SIDE = Set.of("connect", "connection", "new_namespace");

    private ReservedEvents() {}

    static void checkEmit(String event) {
        if (EMIT.contains(event)) {
            throw reserved(event);
        }
    }

    static void checkServerSide(String event) {
        if (SERVER_SIDE.contains(event)) {
            throw reserved(event);
        }
    }

    static void checkListener(String event) {
        switch (event) {
            case "disconnect" -> throw new IllegalArgumentException("use onDisconnect for the event \"disconnect\"");
            case "disconnecting" ->
                throw new IllegalArgumentException("use onDisconnecting for the event \"disconnecting\"");
            default -> {}
        }
    }

    private static IllegalArgumentException reserved(String event) {
        return new IllegalArgumentException("\"" + event + "\" is a reserved event name");
    }
}
