package dev.sockeye.socketio.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An event or a connection that exceeded a limit.
 *
 * @param scope the limit that was exceeded
 * @param socket the socket of the event; {@code null} for {@link Scope#CONNECTS_PER_ADDRESS}
 * @param event the name of the event as sent by the client; empty for {@link Scope#CONNECTS_PER_ADDRESS}
 * @param address the address of the client, determined with {@code trustedProxies}
 * @param user the user, from {@link RateLimits#userKey()}; {@code null} if the limit is not per user
 * @param retryAfter the time after which such an event is accepted again, if no others arrive in the meantime
 * @param refused the number of events of this connection that have been refused so far, including this one; 1 for a
 *     connection
 */
public record RateLimitExceeded(
        Scope scope,
        @Nullable Socket socket,
        String event,
        String address,
        @Nullable String user,
        Duration retryAfter,
        long refused) {

    /** What a limit counts, and for which scope. */
    public enum Scope {
        /** Events of one socket. */
        EVENTS_PER_SOCKET("events per socket"),
        /** Bytes of the events of one socket. */
        BYTES_PER_SOCKET("bytes per socket"),
        /** Events with one name of one socket. */
        EVENT_NAME("event name"),
        /** Events of all sockets of a user. */
        EVENTS_PER_USER("events per user"),
        /** Bytes of the events of all sockets of a user. */
        BYTES_PER_USER("bytes per user"),
        /** Events of all sockets of an address. */
        EVENTS_PER_ADDRESS("events per address"),
        /** Bytes of the events of all sockets of an address. */
        BYTES_PER_ADDRESS("bytes per address"),
        /** Connections of an address. */
        CONNECTS_PER_ADDRESS("connects per address");

        private final String text;

        Scope(String text) {
            this.text = text;
        }

        /** The name used in logs and meters. */
        public String text() {
            return text;
        }
    }
}
