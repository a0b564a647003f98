package dev.sockeye.socketio.server;

/** Called when a limit was exceeded, for meters and logs; see {@link SocketIoServer#onRateLimited}. */
@FunctionalInterface
public interface RateLimitListener {

    /**
     * An event or a connection was refused. Called in the client's mailbox, or on an I/O thread for a connection; it must not block.
     *
     * @param action what happens to it; {@link RateLimitAction#ERROR} for a connection
     */
    void onRateLimited(RateLimitExceeded exceeded, RateLimitAction action);
}
