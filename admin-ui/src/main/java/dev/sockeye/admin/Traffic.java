package dev.sockeye.admin;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineListener;
import dev.sockeye.engineio.EngineSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the activity of the sessions, for {@code aggregatedEvents}. A message costs two additions and no clock read: {@link
 * #endSecond} is called every second and records the counts.
 */
final class Traffic implements EngineListener {
    /** The maximum number of stored events if they are not taken. */
    private static final int MAX_EVENTS = 1_000;

    private final LongAdder opened = new LongAdder();
    private final Map<CloseReason, LongAdder> closed = new EnumMap<>(CloseReason.class);
    private final LongAdder packetsIn = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder packetsOut = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final Deque<Map<String, Object>> events = new ArrayDeque<>(); // accessed only by the timer's thread

    Traffic() {
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, new LongAdder());
        }
    }

    @Override
    public void onOpen(EngineSocket session) {
        opened.increment();
    }

    @Override
    public void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {
        counter(reason).increment();
    }

    private LongAdder counter(CloseReason reason) {
        LongAdder counter = closed.get(reason);
        if (counter == null) {
            throw new IllegalArgumentException("no counter of " + reason);
        }
        return counter;
    }

    @Override
    public void onReceived(EngineSocket session, int bytes) {
        if (bytes > 0) {
            packetsIn.increment();
            bytesIn.add(bytes);
        }
    }

    @Override
    public void onSent(EngineSocket session, int bytes) {
        if (bytes > 0) {
            packetsOut.increment();
            bytesOut.add(bytes);
        }
    }

    /** Records the counts since the last call. */
    void endSecond(long millis) {
        long second = millis - Math.floorMod(millis, 1_000L);
        add(second, "rawConnection", null, opened);
        add(second, "packetsIn", null, packetsIn);
        add(second, "bytesIn", null, bytesIn);
        add(second, "packetsOut", null, packetsOut);
        add(second, "bytesOut", null, bytesOut);
        closed.forEach((reason, counter) -> add(second, "rawDisconnection", reason.text(), counter));
    }

    private void add(long second, String type, @Nullable String subType, LongAdder counter) {
        long count = counter.sumThenReset();
        if (count == 0) {
            return;
        }
        Map<String, Object> event = new LinkedHashMap<>(8);
        event.put("timestamp", second);
        event.put("type", type);
        if (subType != null) {
            event.put("subType", subType);
        }
        event.put("count", count);
        events.add(event);
        if (events.size() > MAX_EVENTS) {
            events.remove();
        }
    }

    /** The counts of the seconds that ended since the last call. */
    List<Map<String, Object>> take() {
        List<Map<String, Object>> taken = new ArrayList<>(events);
        events.clear();
        return taken;
    }
}
