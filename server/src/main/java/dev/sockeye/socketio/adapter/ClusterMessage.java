package dev.sockeye.socketio.adapter;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What servers of a cluster say to each other. Official counterpart: {@code ClusterMessage} and {@code ClusterResponse}.
 *
 * @param uid which server says it; {@link #EMITTER} for a process that is no server
 * @param namespace the name of the namespace
 * @param type what it is about
 * @param data the content, with the official keys: natural types, payloads and arguments; empty for none
 */
public record ClusterMessage(String uid, String namespace, Type type, Map<String, @Nullable Object> data) {

    /** The sender of an emitter's messages, which does not count as a server. */
    public static final String EMITTER = "emitter";

    /** The types; a message of an unknown one is to be ignored. */
    public enum Type {
        /** A server has come; every other answers with {@link #HEARTBEAT}. */
        INITIAL_HEARTBEAT(1),
        /** A server is alive. */
        HEARTBEAT(2),
        /** An event for sockets; with {@code requestId} one that is acknowledged. */
        BROADCAST(3),
        /** Sockets join rooms. */
        SOCKETS_JOIN(4),
        /** Sockets leave rooms. */
        SOCKETS_LEAVE(5),
        /** Sockets are disconnected. */
        DISCONNECT_SOCKETS(6),
        /** Asks for sockets. */
        FETCH_SOCKETS(7),
        /** The answer. */
        FETCH_SOCKETS_RESPONSE(8),
        /** An event for servers; with {@code requestId} one that is answered. */
        SERVER_SIDE_EMIT(9),
        /** The answer. */
        SERVER_SIDE_EMIT_RESPONSE(10),
        /** How many sockets of a server will acknowledge a broadcast. */
        BROADCAST_CLIENT_COUNT(11),
        /** The acknowledgement of one socket. */
        BROADCAST_ACK(12),
        /** A server goes. */
        ADAPTER_CLOSE(13);

        private static final Type[] ALL = values();

        private final int number;

        Type(int number) {
            this.number = number;
        }

        /** The number on the wire. */
        public int number() {
            return number;
        }

        /** The type with a number; {@code null} when there is none. */
        public static @Nullable Type of(int number) {
            return number < 1 || number > ALL.length ? null : ALL[number - 1];
        }

        /** Whether it answers a request. */
        public boolean isResponse() {
            return this == FETCH_SOCKETS_RESPONSE
                    || this == SERVER_SIDE_EMIT_RESPONSE
                    || this == BROADCAST_CLIENT_COUNT
                    || this == BROADCAST_ACK;
        }
    }

    /** The id of the request that it makes or answers; {@code null} for none. */
    public @Nullable String requestId() {
        return data.get("requestId") instanceof String id ? id : null;
    }
}
