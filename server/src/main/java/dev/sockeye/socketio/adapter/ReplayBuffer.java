package dev.sockeye.socketio.adapter;

import dev.sockeye.socketio.protocol.SocketPacket;
import java.security.SecureRandom;
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
 * The last events of a namespace, in one queue for each room. Bounded: an event that was dropped for want of room makes a
 * client that has not seen it start anew. Not for use by several threads.
 */
final class ReplayBuffer {
    private record Entry(long number, long time, SocketPacket.Event packet, Set<String> rooms, Set<String> except) {}

    /** The events of one room. */
    private static final class Queue {
        final ArrayDeque<Entry> entries = new ArrayDeque<>(4);

        /** The last event that was dropped for want of room. */
        @Nullable
        Entry dropped;

        boolean startsWith(Entry entry) {
            Entry first = entries.peek();
            return first != null && first.number == entry.number;
        }
    }

    private final String epoch = Long.toString(new SecureRandom().nextLong() >>> 24, 36);
    private final Map<String, Queue> queues = new HashMap<>();
    private final Queue everybody = new Queue();

    /** All entries once, in order, to find the oldest. */
    private final ArrayDeque<Entry> all = new ArrayDeque<>();

    private final int perRoom;
    private final int most;
    private long last;

    ReplayBuffer(int perRoom, int most) {
        this.perRoom = perRoom;
        this.most = most;
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

    void add(SocketPacket.Event packet, Set<String> rooms, Set<String> except, long time) {
        Entry entry = new Entry(++last, time, packet, rooms, except);
        all.add(entry);
        if (rooms.isEmpty()) {
            add(entry, everybody);
        }
        for (String room : rooms) {
            add(entry, queues.computeIfAbsent(room, name -> new Queue()));
        }
        if (all.size() > most) {
            Entry oldest = all.remove();
            forEachQueue(oldest, queue -> {
                if (queue.startsWith(oldest)) {
                    queue.entries.remove();
                    queue.dropped = oldest;
                }
            });
        }
    }

    private void add(Entry entry, Queue queue) {
        queue.entries.add(entry);
        if (queue.entries.size() > perRoom) {
            queue.dropped = queue.entries.remove();
        }
    }

    /** Drops what is older than this moment: so old that whoever may still come back has got it. */
    void expire(long before) {
        Iterator<Entry> entries = all.iterator();
        while (entries.hasNext()) {
            Entry oldest = entries.next();
            if (oldest.time - before >= 0) {
                break;
            }
            entries.remove();
            forEachQueue(oldest, queue -> {
                if (queue.startsWith(oldest)) {
                    queue.entries.remove();
                }
            });
        }
        forget(everybody, before);
        queues.values().removeIf(queue -> {
            forget(queue, before);
            return queue.entries.isEmpty() && queue.dropped == null;
        });
    }

    private static void forget(Queue queue, long before) {
        Entry dropped = queue.dropped;
        if (dropped != null && dropped.time - before < 0) {
            queue.dropped = null;
        }
    }

    /**
     * What was sent after an offset to any of these rooms or to all.
     *
     * @return {@code null} when the offset is not of this buffer, or something that was sent after it is gone
     */
    @Nullable
    List<SocketPacket.Event> after(String offset, Collection<String> rooms) {
        long from = number(offset);
        if (from < 0) {
            return null;
        }
        TreeMap<Long, SocketPacket.Event> missed = new TreeMap<>();
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
            @Nullable Queue queue, long from, Collection<String> rooms, Map<Long, SocketPacket.Event> missed) {
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
