package dev.sockeye.socketio.adapter;

/**
 * Observes the rooms of an adapter. Called after each change, in the order of the changes, one call at a time and
 * without a lock, on the thread that made the change or on another thread that is currently delivering events. Must not
 * block. Each method has the name of the official event.
 */
public interface RoomListener {
    /** {@code create-room}. */
    default void onCreateRoom(String room) {}

    /** {@code delete-room}. */
    default void onDeleteRoom(String room) {}

    /** {@code join-room}. */
    default void onJoinRoom(String room, String socketId) {}

    /** {@code leave-room}. */
    default void onLeaveRoom(String room, String socketId) {}
}
