package dev.sockeye.engineio.host;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * A request that belongs to a session of another server: where it goes, and what becomes of it. The engine gives it to {@link
 * HttpExchange#forward} or {@link WebSocketUpgrade#forward}; a host that carries it itself calls exactly one of {@link #unreachable}
 * and {@link #answered}, once, on the loop of the request. The other methods may be called on any thread.
 */
public interface NodeForward {

    /** The server: scheme, host, port, and perhaps a context path. */
    URI node();

    /** The target of the request there: the context path and the request's target. */
    String target();

    /** The header lines to send, with {@code Host}, without those that belong to one connection and {@code Content-Length}. */
    List<Header> headers();

    /** Whether a header line of an answer belongs to the client, not to the connection between the servers. */
    boolean passesBack(String header);

    /** How long connecting may take. */
    Duration connectTimeout();

    /** How long the answer to a request may take. A long poll takes up to the heartbeat's interval. */
    Duration answerTimeout();

    /** The greatest request body in bytes. */
    int maxBodySize();

    /** How an {@code https} server is reached. */
    SSLContext sslContext();

    /**
     * Counts bytes of bodies that the host holds for this request; as {@link HostedEngine#receiving}.
     *
     * @param change how many more, or less when below 0
     * @return false when there are too many: the request is to be refused with 503. Counted all the same
     */
    boolean hold(long change);

    /**
     * The server could not be reached, or the connection to it was lost before anything of its answer was passed on. The engine
     * answers, as for a session that is not there; the host does nothing more with the request.
     *
     * @param timedOut whether connecting took too long
     */
    void unreachable(boolean timedOut);

    /** The request is over, and the host has answered it or need not. */
    void answered(Outcome outcome);

    /** How a request ended. */
    enum Outcome {
        /** With the other server's answer, or the client has gone; for a WebSocket: it is over. */
        DONE,
        /** With 504: the answer took longer than {@link #answerTimeout}. */
        TOO_SLOW,
        /** With 413 or 503: the body was too large, or {@link #hold} gave false. */
        NO_ROOM
    }
}
