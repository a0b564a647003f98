package dev.sockeye.engineio.host;

/**
 * A request to open a connection that carries messages: a WebSocket upgrade or a WebTransport session. Accepted by the method
 * of the kind in question. Exactly one of accepting, {@link #reject} and {@link #abort} takes effect, the first.
 */
public interface ConnectRequest {

    /** The request's facts. */
    HostRequest request();

    /** The loop of the connection. */
    EngineLoop loop();

    /** Refuses the request with an HTTP answer. For a WebSocket over HTTP/1.1 the connection is closed after it. */
    void reject(HostResponse response);

    /** Ends the request without an answer: closes the connection, or resets the stream that the request came on. */
    void abort();

    /** Registers what to do when the connection is lost before an answer; as {@link HttpExchange#onConnectionLost}. */
    void onConnectionLost(Runnable action);
}
