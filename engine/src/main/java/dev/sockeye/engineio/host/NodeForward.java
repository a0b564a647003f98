package dev.sockeye.engineio.host;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * A request for a session of another server: its target and its result. The engine passes it to {@link
 * HttpExchange#forward} or {@link WebSocketUpgrade#forward}. A host that forwards the request itself calls exactly one
 * of {@link #unreachable} and {@link #answered}, once, on the loop of the request. The other methods may be called on
 * any thread.
 */
public interface NodeForward {

    /** The server: scheme, host, port, and optionally a context path. */
    URI node();

    /** The target of the forwarded request: the context path and the original target. */
    String target();

    /** The header lines to send, including {@code Host}, without hop-by-hop headers and {@code Content-Length}. */
    List<Header> headers();

    /** Whether a header line of the response is sent to the client, because it is not a hop-by-hop header. */
    boolean forwardsResponseHeader(String header);

    /** How long connecting may take. */
    Duration connectTimeout();

    /** How long the response to a request may take. A long poll takes up to the ping interval. */
    Duration answerTimeout();

    /** The maximum size of a request body in bytes. */
    int maxBodySize();

    /** The SSL context for {@code https} servers. */
    SSLContext sslContext();

    /**
     * Counts the bytes of bodies that the host holds for this request; see {@link HostedEngine#receiving}.
     *
     * @param change the change in bytes; negative if bytes were released
     * @return false if the limit is exceeded: the request must be refused with 503. The bytes are counted nevertheless
     */
    boolean hold(long change);

    /**
     * The server could not be reached, or the connection to it was lost before any part of its response was passed on.
     * The engine responds as for an unknown session; the host must not process the request any further.
     *
     * @param timedOut whether connecting took too long
     */
    void unreachable(boolean timedOut);

    /** The request is complete, and the host has responded to it if necessary. */
    void answered(Outcome outcome);

    /** How a request ended. */
    enum Outcome {
        /**
         * With the response of the other server, or because the client has disconnected; for a WebSocket, when it is
         * closed.
         */
        DONE,
        /** With 504: the response took longer than {@link #answerTimeout}. */
        TOO_SLOW,
        /** With 413 or 503: the body was too large, or {@link #hold} returned false. */
        NO_ROOM
    }
}
