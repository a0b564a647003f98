package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;

/**
 * Thrown when no acknowledgement arrived in time, with the message "operation has timed out". The event may have been
 * received nevertheless.
 */
public final class AckTimeoutException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final transient List<Arguments> responses;

    /** Creates an exception for an event to one receiver. */
    public AckTimeoutException() {
        this(List.of());
    }

    /** Creates an exception for a broadcast, with the answers that arrived in time. */
    public AckTimeoutException(List<Arguments> responses) {
        super("operation has timed out", null);
        this.responses = List.copyOf(responses);
    }

    /** The answers to a broadcast that arrived in time, in order of arrival. */
    public List<Arguments> responses() {
        return responses;
    }
}
