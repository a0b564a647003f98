package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;

/** An acknowledgement did not come in time. */
public final class AckTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Arguments> responses;

    AckTimeoutException(List<Arguments> responses) {
        super("operation has timed out");
        this.responses = List.copyOf(responses);
    }

    /** What came in time; for a broadcast. */
    public List<Arguments> responses() {
        return responses;
    }
}
