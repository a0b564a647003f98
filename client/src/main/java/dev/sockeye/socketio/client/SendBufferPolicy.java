package dev.sockeye.socketio.client;

/** What happens to an emit when {@link ClientOptions#sendBufferSize()} events wait to be sent. */
public enum SendBufferPolicy {
    /** The emit throws a {@link dev.sockeye.socketio.SendBufferFullException}. The default. */
    FAIL,
    /** The new event is dropped; its acknowledgement fails with a {@link dev.sockeye.socketio.SendBufferFullException}. */
    DROP_NEWEST,
    /** The oldest waiting event is dropped; its acknowledgement fails with a {@link dev.sockeye.socketio.SendBufferFullException}. */
    DROP_OLDEST
}
