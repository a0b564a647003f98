package dev.sockeye.socketio.adapter;

import dev.sockeye.socketio.protocol.EncodedPacket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last events of a namespace, encoded, in one queue for each room. Bounded in events and bytes: the oldest events
 * are dropped, and a client that has missed a dropped event is not recovered. Not thread-safe.
 */
final class ReplayBuffer {
    /** The memory overhead of an entry, in addition to the bytes of the event. */
    private static final long OVERHEAD = 256;

    private static final int FIRST_CLEANING = 1_024;

    private record Entry(long number, long time, EncodedPacket packet, Set<String> rooms, Set<String> except) {
        long size() {
            return packet.size() + OVERHEAD + 64L * (rooms.size() + except.size());
        }
    }

    private record Dropped(long number, long time) {}

    /** The events of one room. */
    private static final class Queue {
        final ArrayDeque<Entry> entries = new ArrayDeque<>(4);

        /** The last event that was dropped because the buffer was full. */
        @Nullable
        Dropped dropped;

        boolean startsWith(Entry entry) {
            Entry first = entries.peek();
            return first != null && first.number == entry.number;
        }
    }

    private final String epoch;
    private final Map<String, Queue> queues = new HashMap<>();
    private final Queue everybody = new Queue();

    /** All entries once, in order, to find the oldest. */
    private final ArrayDeque<Entry> all = new ArrayDeque<>();

    private final int perRoom;
    private final int most;
    private final long mostBytes;
    private long bytes;
    private long last;

    /** The last event that was dropped from a room whose queue was removed because there were too many empty ones. */
    private @Nullable Dropped unassigned;

    /** The number of queues at which empty ones are removed. */
    private int cleanAt;

    /** @param randomBits make the offsets of this buffer differ from those of other servers and earlier runs */
    ReplayBuffer(long randomBits, int perRoom, int most, long mostBytes) {
        this.epoch = Long.toString(randomBits >>> 24, 36);
        this.perRoom = perRoom;
        this.most = most;
        this.mostBytes = mostBytes;
        this.cleanAt = Math.max(FIRST_CLEANING, most);
    }

    /** The offset of the next event to be added. */
    String nextOffset() {
        return offset(last + 1);
    }

    /** The offset of the last event. */
    String currentOffset() {
        return offset(last);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    int size() {
        return all.size();
    }

    /** The number of rooms with events, or with events that were dropped. */
    int rooms() {
        return queues.size();
    }

    /** The approximate size of the events in bytes. */
    long bytes() {
        return bytes;
    }

    void add(EncodedPacket packet, Set<String> rooms, Set<String> except, long time) {
        Entry entry = new Entry(++last, time, packet, rooms, except);
        all.add(entry);
        if (rooms.isEmpty()) {
            add(entry, everybody);
        }
        for (String room : rooms) {
            add(entry, queues.computeIfAbsent(room, name -> new Queue()));
        }
        bytes += entry.size();
        while (all.size() > most || bytes > mostBytes) {
            Entry oldest = all.remove();
            bytes -= oldest.size();
            forEachQueue(oldest, queue -> {
                if (queue.startsWith(oldest)) {
                    queue.entries.remove();
                    queue.dropped = new Dropped(oldest.number, oldest.time);
                }
            });
        }
        if (queues.size() > cleanAt) {
            removeEmptyQueues();
            cleanAt = Math.max(cleanAt, 2 * queues.size());
        }
    }

    /** Bounds the memory when events are sent to ever new rooms: what they have dropped then counts for all rooms. */
    private void removeEmptyQueues() {
        for (Iterator<Queue> all = queues.values().iterator(); all.hasNext(); ) {
            Queue queue = all.next();
            if (queue.entries.isEmpty()) {
                Dropped dropped = queue.dropped;
                if (dropped != null && (unassigned == null || dropped.number > unassigned.number)) {
                    unassigned = dropped;
                }
                all.remove();
            }
        }
    }

    private void add(Entry entry, Queue queue) {
        queue.entries.add(entry);
        if (queue.entries.size() > perRoom) {
            Entry oldest = queue.entries.remove();
            queue.dropped = new Dropped(oldest.number, oldest.time);
        }
    }

    /** Drops the events before this time, which every client that may still return has received. */
    void expire(long before) {
        Iterator<Entry> entries = all.iterator();
        while (entries.hasNext()) {
            Entry oldest = entries.next();
            if (oldest.time - before >= 0) {
                break;
            }
            entries.remove();
            bytes -= oldest.size();
            forEachQueue(oldest, queue -> {
                if (queue.startsWith(oldest)) {
                    queue.entries.remove();
                }
            });
        }
        if (unassigned != null && unassigned.time - before < 0) {
            unassigned = null;
        }
        forget(everybody, before);
        queues.values().removeIf(queue -> {
            forget(queue, before);
            return queue.entries.isEmpty() && queue.dropped == null;
        });
    }

    private static void forget(Queue queue, long before) {
        Dropped dropped = queue.dropped;
        if (dropped != null && dropped.time - before < 0) {
            queue.dropped = null;
        }
    }

    /**
     * The events sent after an offset to any of these rooms or to all sockets.
     *
     * @return the events; {@code null} if the offset is unknown, or a later event was dropped
     */
    @Nullable
    List<EncodedPacket> after(String offset, Collection<String> rooms) {
        long from = number(offset);
        if (from < 0 || (unassigned != null && unassigned.number > from)) {
            return null;
        }
        TreeMap<Long, EncodedPacket> missed = new TreeMap<>();
        if (!collect(everybody, from, rooms, missed)) {
            return null;
        }
        for (String room : rooms) {
            if (!collect(queues.get(room), from, rooms, missed)) {
                return null;
            }
        }
        return new ArrayList<>(missed.values());
    }

    private static boolean collect(
            @Nullable Queue queue, long from, Collection<String> rooms, Map<Long, EncodedPacket> missed) {
        if (queue == null) {
            return true;
        }
        if (queue.dropped != null && queue.dropped.number > from) {
            return false;
        }
        Iterator<Entry> newestFirst = queue.entries.descendingIterator();
        while (newestFirst.hasNext()) {
            Entry entry = newestFirst.next();
            if (entry.number <= from) {
                break;
            }
            if (rooms.stream().noneMatch(entry.except::contains)) {
                missed.put(entry.number, entry.packet);
            }
        }
        return true;
    }

    private void forEachQueue(Entry entry, Consumer<Queue> action) {
        if (entry.rooms.isEmpty()) {
            action.accept(everybody);
        }
        for (String room : entry.rooms) {
            Queue queue = queues.get(room);
            if (queue != null) {
                action.accept(queue);
            }
        }
    }

    private String offset(long number) {
        return epoch + "." + Long.toString(number, 36);
    }

    private long number(String offset) {
        int dot = offset.indexOf('.');
        if (dot < 0 || !offset.substring(0, dot).equals(epoch)) {
            return -1;
        }
        try {
            long number = Long.parseLong(offset.substring(dot + 1), 36);
            return number < 0 || number > last ? -1 : number;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
