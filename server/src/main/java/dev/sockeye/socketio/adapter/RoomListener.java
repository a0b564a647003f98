package dev.sockeye.socketio.adapter;

/**
 * Observes the rooms of an adapter. Called after the change, in the order of the changes and one call at a time, with no lock
 * held; on the thread that made the change, or on another one that is delivering events at that moment. Must not block. The
 * name of the official event is in each line.
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
