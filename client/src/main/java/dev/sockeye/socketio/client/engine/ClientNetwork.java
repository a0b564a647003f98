package dev.sockeye.socketio.client.engine;

/** The way to one server. Used on the loop of a connection only, and calls back there. */
public interface ClientNetwork {

    /**
     * A connection for HTTP requests, one at a time. Nothing is opened before the first request.
     *
     * @param maxBytes the largest body of a response
     * @param timeoutMillis how long a request may take; 0: without end
     */
    HttpConnection http(int maxBytes, long timeoutMillis);

    /** A WebSocket that is not open yet. */
    WebSocketConnection webSocket(WebSocketConnection.Listener listener);
}
