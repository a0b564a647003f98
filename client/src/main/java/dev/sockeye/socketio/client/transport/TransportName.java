package dev.sockeye.socketio.client.transport;

/** The transports of an Engine.IO connection. */
public enum TransportName {
    /** HTTP long-polling. */
    POLLING("polling"),
    /** WebSocket. */
    WEBSOCKET("websocket");

    private final String text;

    TransportName(String text) {
        this.text = text;
    }

    /** The name in the protocol. */
    public String text() {
        return text;
    }
}
