package dev.sockeye.socketio.adapter;

/**
 * Observes the rooms of an adapter. Called on the thread that changed them, after the change; must not block. The name of the
 * official event is in each line.
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
