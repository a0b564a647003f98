package dev.sockeye.engineio.host;

import java.util.List;

/**
 * The interface that a host calls. Implemented by the Engine.IO server.
 *
 * <p>{@link #handle}, {@link #handleUpgrade} and {@link #handleWebTransport} are called once for each request, on the loop of that
 * request, after {@link #matches} was true for it. They do not block and may answer later, from any thread. {@link
 * #matches} and {@link #receiving} may be called on any thread.
 */
public interface HostedEngine {

    /**
     * Whether a request is for the engine: its raw path starts with the configured path ({@code /socket.io/}). A host
     * that also serves an application routes all other requests to it.
     *
     * @param uri the raw request target
     */
    boolean matches(String uri);

    /** Handles a matching request for polling or the client bundle. */
    void handle(HttpExchange exchange);

    /** Handles a matching upgrade request. */
    void handleUpgrade(WebSocketUpgrade upgrade);

    /**
     * Handles a matching request for a WebTransport session. Only called by hosts that support WebTransport. The
     * default implementation refuses with 501.
     */
    default void handleWebTransport(WebTransportRequest request) {
        request.reject(new HostResponse(501, List.of(), new byte[0]));
    }

    /**
     * Called by a host that supports WebTransport before it listens: the engine offers WebTransport to clients as if
     * {@code transports} contained it. Any thread.
     */
    default void offerWebTransport() {}

    /** Ends {@link #offerWebTransport}: the host could not listen, or was closed. Called once for each offer. Any thread. */
    default void withdrawWebTransport() {}

    /**
     * Counts the bytes of incompletely received messages and request bodies of all connections. A host calls it
     * whenever it allocates 8 KiB or more, and with the negative number when it has passed on or dropped the message.
     * Any thread.
     *
     * @param change the change in bytes; negative if bytes were released
     * @return false if the limit is exceeded: the host must then refuse the message or body. The bytes are counted
     *     nevertheless
     */
    default boolean receiving(long change) {
        return true;
    }
}
