package dev.sockeye.engineio.host;

import java.util.List;

/**
 * The downward side of the host interface: what a host calls. The Engine.IO server implements it.
 *
 * <p>{@link #handle}, {@link #handleUpgrade} and {@link #handleWebTransport} are called once for each request, on the loop of that
 * request, after {@link #matches} was true for it. They do not block and may answer later, from any thread. {@link #matches} and
 * {@link #receiving} are called on any thread.
 */
public interface HostedEngine {

    /**
     * Whether a request belongs here: its raw path starts with the configured path ({@code /socket.io/}). A host that carries
     * an application too routes all other requests there.
     *
     * @param uri the raw request target
     */
    boolean matches(String uri);

    /** Handles a matching request, polling or client bundle. */
    void handle(HttpExchange exchange);

    /** Handles a matching upgrade request. */
    void handleUpgrade(WebSocketUpgrade upgrade);

    /**
     * Handles a matching request for a WebTransport session. Only hosts that carry WebTransport call it. The default refuses
     * with 501.
     */
    default void handleWebTransport(WebTransportRequest request) {
        request.reject(new HostResponse(501, List.of(), new byte[0]));
    }

    /**
     * A host carries WebTransport, from now on: the engine offers it to its clients as if {@code transports} named it. Called by a
     * host before it listens. Any thread.
     */
    default void offerWebTransport() {}

    /**
     * Counts bytes of messages and request bodies that the host has in part, of all connections together: what it has kept while
     * more is to come. A host calls it whenever it makes room for 8 KiB or more, and with the same number below 0 when it
     * has handed the message over or dropped it. Any thread.
     *
     * @param change how many bytes more, or less when below 0
     * @return false when there are more than may be: the host then refuses the message or body that it made room for. Counted all
     *     the same
     */
    default boolean receiving(long change) {
        return true;
    }
}
