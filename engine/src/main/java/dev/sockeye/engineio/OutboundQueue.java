package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The units that the transport of a session could not take yet, in order. A unit with a key is added at the end, and the older unit with
 * this key is removed: units are written in the order in which they were sent.
 *
 * <p>The units that are queued when writing starts form one round: none of them is replaced until all of them are taken. Otherwise a key
 * that changes all the time would never get to the front. So a key has at most two units here. Loop-confined.
 */
final class OutboundQueue {

    private static final class Node {
        final PacketBatch unit;

        @Nullable
        Node before;

        @Nullable
        Node after;

        Node(PacketBatch unit) {
            this.unit = unit;
        }
    }

    private final boolean dropsOldest;
    private @Nullable Node first;
    private @Nullable Node last;
    /** The last unit of the round that is being written; {@code null} between rounds. */
    private @Nullable Node endOfRound;
    /** By key, without the units of the round. */
    private @Nullable Map<Object, Node> newest;
    /** The units that may be dropped, oldest first; only used if the policy requires it. */
    private @Nullable Set<Node> droppable;

    OutboundQueue(boolean dropsOldest) {
        this.dropsOldest = dropsOldest;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Adds a unit; returns the one that it replaces, {@code null} for none. */
    @Nullable
    PacketBatch add(PacketBatch unit) {
        Node node = new Node(unit);
        Object key = unit.retention().key();
        Node replaced = null;
        if (key != null) {
            if (newest == null) {
                newest = new HashMap<>();
            }
            replaced = newest.put(key, node);
            if (replaced != null) {
                unlink(replaced);
            }
        }
        if (dropsOldest && unit.retention().droppable()) {
            if (droppable == null) {
                droppable = new LinkedHashSet<>();
            }
            droppable.add(node);
        }
        node.before = last;
        if (last == null) {
            first = node;
        } else {
            last.after = node;
        }
        last = node;
        return replaced == null ? null : replaced.unit;
    }

    /** Removes the oldest unit that may be dropped; {@code null} if there is none. */
    @Nullable
    PacketBatch dropOldest() {
        Set<Node> all = droppable;
        if (all == null || all.isEmpty()) {
            return null;
        }
        Iterator<Node> oldest = all.iterator();
        Node node = oldest.next();
        unlink(node);
        Object key = node.unit.retention().key();
        if (key != null && newest != null) {
            newest.remove(key, node);
        }
        return node.unit;
    }

    /**
     * Removes the first units: at least one, until they have this many bytes or the round is complete.
     *
     * @param sent receives the actions to run when the units were written
     */
    PacketBatch take(long bytes, List<Runnable> sent) {
        if (endOfRound == null) {
            endOfRound = last;
            if (newest != null) {
                newest.clear();
            }
        }
        List<EnginePacket> packets = new ArrayList<>();
        boolean compress = false;
        long size = 0;
        for (Node node = first; node != null; node = first) {
            boolean complete = node == endOfRound;
            unlink(node);
            packets.addAll(node.unit.packets());
            compress |= node.unit.compress();
            size += node.unit.size();
            if (node.unit.sent() != null) {
                sent.add(node.unit.sent());
            }
            if (complete || size >= bytes) {
                break;
            }
        }
        return new PacketBatch(packets, compress, size, null, Retention.KEEP);
    }

    private void unlink(Node node) {
        if (node == endOfRound) {
            endOfRound = node.before;
        }
        if (node.before == null) {
            first = node.after;
        } else {
            node.before.after = node.after;
        }
        if (node.after == null) {
            last = node.before;
        } else {
            node.after.before = node.before;
        }
        if (droppable != null) {
            droppable.remove(node);
        }
    }
}
