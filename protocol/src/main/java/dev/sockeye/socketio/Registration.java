package dev.sockeye.socketio;

/** A handler, listener or middleware that was added. Closing it removes it. */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    /** Removes what was added. Any thread; closing it again does nothing. A call that is under way goes on. */
    @Override
    void close();
}
