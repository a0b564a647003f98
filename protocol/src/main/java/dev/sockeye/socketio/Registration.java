package dev.sockeye.socketio;

/** A handler, listener or middleware that was added. Closing it removes it. */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    /**
     * Removes the handler, listener or middleware. Idempotent and thread-safe. A call that is already in progress is
     * not interrupted.
     */
    @Override
    void close();
}
