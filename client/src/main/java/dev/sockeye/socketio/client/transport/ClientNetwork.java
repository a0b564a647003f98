package dev.sockeye.socketio.client.transport;

/**
 * The network between one Engine.IO connection and its server. Methods are called on the loop of the connection only, and
 * callbacks must run on it. A callback may run during the call that causes it.
 */
public interface ClientNetwork {

    /**
     * Returns a connection for HTTP requests, one at a time. Nothing is opened before the first request.
     *
     * @param maxBytes the largest body of a response
     * @param timeoutMillis how long a request may take; 0 for no limit
     */
    HttpConnection http(int maxBytes, long timeoutMillis);

    /** Returns a WebSocket that is not open yet. */
    MessageConnection webSocket(MessageConnection.Listener listener);

    /**
     * Returns a WebTransport session that is not open yet: HTTP/3 over UDP, with one stream of messages that this client opens. Called
     * only if {@link ClientTransport#supportsWebTransport()}.
     */
    default MessageConnection webTransport(MessageConnection.Listener listener) {
        throw new UnsupportedOperationException("no WebTransport");
    }
}
