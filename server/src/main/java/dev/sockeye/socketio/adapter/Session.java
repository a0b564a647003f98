package dev.sockeye.socketio.adapter;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recoverable state of a socket. Official counterpart: {@code SessionToPersist}.
 *
 * @param sid the id of the socket
 * @param pid the secret id of the session
 * @param rooms its rooms, including the room of its own id
 * @param data the data of the application
 * @param startOffset {@link Adapter#currentOffset()} when it connected; used if the client has not received an event
 */
public record Session(
        String sid,
        String pid,
        Set<String> rooms,
        Map<String, Object> data,
        @Nullable String startOffset) {}
