package dev.sockeye.socketio.server;

import org.jspecify.annotations.Nullable;

/** Called when a socket leaves. Official counterpart: a {@code disconnecting} or {@code disconnect} listener. */
@FunctionalInterface
public interface DisconnectHandler {

    /**
     * A socket is leaving or has left. Runs in the client's mailbox; may block.
     *
     * @param description what exactly happened, where known: an exception, or a text
     * @throws Exception goes to the error hook and the log
     */
    void handle(DisconnectReason reason, @Nullable Object description) throws Exception;
}
