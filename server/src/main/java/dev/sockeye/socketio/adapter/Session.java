package dev.sockeye.socketio.adapter;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a socket for its return. Official counterpart: {@code SessionToPersist}.
 *
 * @param sid the id of the socket
 * @param pid the secret id of the session
 * @param rooms its rooms, that of its own id too
 * @param data the data of the application
 * @param startOffset {@link Adapter#currentOffset()} when it had connected: where to begin when the client never got an event
 */
public record Session(
        String sid,
        String pid,
        Set<String> rooms,
        Map<String, Object> data,
        @Nullable String startOffset) {}
