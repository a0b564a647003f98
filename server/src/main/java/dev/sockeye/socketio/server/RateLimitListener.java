package dev.sockeye.socketio.server;

/** Called when a limit is exceeded, for metrics and logs; see {@link SocketIoServer#onRateLimited}. */
@FunctionalInterface
public interface RateLimitListener {

    /**
     * Called when an event or a connection is refused: in the client's mailbox for an event, on an I/O thread for a
     * connection. Must not block.
     *
     * @param action what happens to it; {@link RateLimitAction#ERROR} for a connection
     */
    void onRateLimited(RateLimitExceeded exceeded, RateLimitAction action);
}
