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
    WebSocketConnection webSocket(WebSocketConnection.Listener listener);
}
