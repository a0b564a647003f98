package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;

/** No acknowledgement came in time: "operation has timed out". The event may have been received all the same. */
public final class AckTimeoutException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final transient List<Arguments> responses;

    /** For an event to one receiver. */
    public AckTimeoutException() {
        this(List.of());
    }

    /** For a broadcast, with the answers that came in time. */
    public AckTimeoutException(List<Arguments> responses) {
        super("operation has timed out", null);
        this.responses = List.copyOf(responses);
    }

    /** The answers to a broadcast that came in time, in the order they came. */
    public List<Arguments> responses() {
        return responses;
    }
}
