package dev.sockeye.socketio.adapter;

import java.util.Set;

/**
 * Whom to send to, and how. Official counterpart: {@code BroadcastOptions}.
 *
 * @param rooms sockets in any of these; empty for all sockets of the namespace
 * @param except without the sockets in any of these
 * @param flags how
 */
public record BroadcastOptions(Set<String> rooms, Set<String> except, BroadcastFlags flags) {

    /** All sockets of the namespace, no flag set. */
    public static final BroadcastOptions ALL = new BroadcastOptions(Set.of(), Set.of(), BroadcastFlags.NONE);
}
