package dev.sockeye.socketio.server.internal;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the sockets that are about to join a namespace, and is shut from a close until the server starts again. Any thread. */
final class JoinGate {
    private final AtomicInteger entering = new AtomicInteger();
    private volatile boolean shut;

    /** Whether clients may connect. */
    boolean accepting() {
        return !shut;
    }

    /**
     * A socket is about to join its namespace; false when the server is being closed, or is closed. The close waits for sockets between this and {@link
     * #entered}, so that none joins after its adapter is closed.
     */
    boolean enter() {
        entering.incrementAndGet();
        if (accepting()) {
            return true;
        }
        entering.decrementAndGet();
        return false;
    }

    /** The socket has joined, or failed to. */
    void entered() {
        entering.decrementAndGet();
    }

    /** Whether no socket is about to join. */
    boolean idle() {
        return entering.get() == 0;
    }

    void shut() {
        shut = true;
    }

    void open() {
        shut = false;
    }
}
