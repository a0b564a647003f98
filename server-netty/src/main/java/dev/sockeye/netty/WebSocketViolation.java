package dev.sockeye.netty;

import java.io.IOException;

/**
 * Thrown when a peer has violated the WebSocket protocol or sent a message that is too large. It has no stack trace,
 * because the error is in the peer.
 */
final class WebSocketViolation extends IOException {

    private static final long serialVersionUID = 1;

    WebSocketViolation(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
