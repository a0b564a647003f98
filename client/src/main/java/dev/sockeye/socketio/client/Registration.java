package dev.sockeye.socketio.client;

/** A listener that was added. */
@FunctionalInterface
public interface Registration {
    /** Removes the listener. Any thread; again does nothing. */
    void remove();
}
