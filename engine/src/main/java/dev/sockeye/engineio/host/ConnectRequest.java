package dev.sockeye.engineio.host;

/**
 * A request to open a connection that carries messages: a WebSocket upgrade or a WebTransport session. The subtypes
 * have a method to accept it. Only the first call of accept, {@link #reject} or {@link #abort} has an effect.
 */
public interface ConnectRequest {

    /** The HTTP request. */
    HostRequest request();

    /** The loop of the connection. */
    EngineLoop loop();

    /** Refuses the request with an HTTP answer. For a WebSocket over HTTP/1.1 the connection is closed after it. */
    void reject(HostResponse response);

    /** Ends the request without an answer: closes the connection, or resets the stream that the request came on. */
    void abort();

    /**
     * Registers an action for the case that the connection is lost before the request is answered; see {@link
     * HttpExchange#onConnectionLost}.
     */
    void onConnectionLost(Runnable action);
}
