package dev.sockeye.redis;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of the channels of a namespace, and the numbers of the requests on them, as {@code @socket.io/redis-adapter} has them. */
final class PubSubNames {
    static final int SOCKETS = 0;
    static final int ALL_ROOMS = 1;
    static final int REMOTE_JOIN = 2;
    static final int REMOTE_LEAVE = 3;
    static final int REMOTE_DISCONNECT = 4;
    static final int REMOTE_FETCH = 5;
    static final int SERVER_SIDE_EMIT = 6;
    static final int BROADCAST = 7;
    static final int CLIENT_COUNT = 8;
    static final int ACK = 9;

    private final String prefix;
    private final String request;
    private final String response;

    PubSubNames(String key, String namespace) {
        this.prefix = key + "#" + namespace + "#";
        this.request = key + "-request#" + namespace + "#";
        this.response = key + "-response#" + namespace + "#";
    }

    /** All broadcasts, for {@code PSUBSCRIBE}: what has a meaning in a pattern is escaped. */
    String pattern() {
        return prefix.replaceAll("([\\\\*?\\[\\]^])", "\\\\$1") + "*";
    }

    String request() {
        return request;
    }

    String response() {
        return response;
    }

    String response(String uid) {
        return response + uid + "#";
    }

    /** Where a broadcast goes: one room has a channel of its own. */
    String broadcast(Set<String> rooms) {
        return rooms.size() == 1 ? prefix + rooms.iterator().next() + "#" : prefix;
    }

    /** The room of a channel, empty for all; {@code null} when it is none of these channels. */
    @Nullable
    String room(String channel) {
        if (!channel.startsWith(prefix)) {
            return null;
        }
        String rest = channel.substring(prefix.length());
        return rest.endsWith("#") ? rest.substring(0, rest.length() - 1) : rest;
    }
}
