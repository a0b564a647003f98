package dev.sockeye.engineio.host;

/**
 * The downward side of the host interface: what a host calls. The Engine.IO server implements it. Calls come on the loop of
 * the exchange.
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
}
