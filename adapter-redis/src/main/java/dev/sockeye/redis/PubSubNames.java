package dev.sockeye.redis;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The channel names of a namespace and the request types of {@code @socket.io/redis-adapter}. */
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

    /** The pattern of all broadcasts, for {@code PSUBSCRIBE}; special characters of patterns are escaped. */
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

    /** The channel of a broadcast: a single room has its own channel. */
    String broadcast(Set<String> rooms) {
        return rooms.size() == 1 ? prefix + rooms.iterator().next() + "#" : prefix;
    }

    /** The room of a channel, empty for all; {@code null} if it is not one of these channels. */
    @Nullable
    String room(String channel) {
        if (!channel.startsWith(prefix)) {
            return null;
        }
        String rest = channel.substring(prefix.length());
        return rest.endsWith("#") ? rest.substring(0, rest.length() - 1) : rest;
    }
}
