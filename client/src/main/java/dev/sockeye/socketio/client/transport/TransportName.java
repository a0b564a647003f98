package dev.sockeye.socketio.client.transport;

/** The transports of an Engine.IO connection. */
public enum TransportName {
    /** HTTP long-polling. */
    POLLING("polling"),
    /** WebSocket. */
    WEBSOCKET("websocket"),
    /** WebTransport: HTTP/3 over UDP. It needs {@code https} and the module {@code dev.sockeye:sockeye-client-webtransport}. */
    WEBTRANSPORT("webtransport");

    private final String text;

    TransportName(String text) {
        this.text = text;
    }

    /** The name in the protocol. */
    public String text() {
        return text;
    }
}
