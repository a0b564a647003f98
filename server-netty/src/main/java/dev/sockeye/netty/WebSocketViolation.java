package dev.sockeye.netty;

import java.io.IOException;

/** A peer broke the WebSocket protocol, or sent a message that is too large. Without a stack trace: it is not ours. */
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
