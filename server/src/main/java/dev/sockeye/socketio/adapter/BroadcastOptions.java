package dev.sockeye.socketio.adapter;

import java.util.Set;

/**
 * The receivers and the flags of a broadcast. Official counterpart: {@code BroadcastOptions}.
 *
 * @param rooms send to the sockets in any of these rooms; empty for all sockets of the namespace
 * @param except do not send to the sockets in any of these rooms
 * @param flags the flags
 */
public record BroadcastOptions(Set<String> rooms, Set<String> except, BroadcastFlags flags) {

    /** All sockets of the namespace, with default flags. */
    public static final BroadcastOptions ALL = new BroadcastOptions(Set.of(), Set.of(), BroadcastFlags.NONE);
}
