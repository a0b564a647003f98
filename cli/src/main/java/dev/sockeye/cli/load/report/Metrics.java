package dev.sockeye.cli.load.report;

import dev.sockeye.cli.Plain;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The measurements of the users of a run. Written on the event loops, read by the thread of the run. */
public final class Metrics {
    public static final String CONNECT = "connect";

    private static final String OTHER = "other errors";
    private static final int MOST_KINDS = 100;
    private static final int LONGEST_KIND = 200;
    private static final int LONGEST_EXAMPLE = 1000;

    /** The latencies of one kind of action. */
    public static final class Timer {
        private final Recorder recorder = new Recorder(3);

        /** Records a latency. May be called from any thread. */
        public void record(long nanos) {
            recorder.recordValue(Math.max(0, nanos));
        }

        /** The latencies since the last call; for a single reader. */
        public Histogram interval() {
            return recorder.getIntervalHistogram();
        }
    }

    /** A kind of error: the number of occurrences, and the message of the first one. */
    public static final class Fault {
        private final LongAdder count = new LongAdder();
        private final String example;

        Fault(String example) {
            this.example = example;
        }

        public long count() {
            return count.sum();
        }

        public String example() {
            return example;
        }
    }

    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();

    public final AtomicInteger opening = new AtomicInteger();
    public final AtomicInteger connected = new AtomicInteger();
    public final LongAdder opened = new LongAdder();
    public final LongAdder sent = new LongAdder();
    public final LongAdder received = new LongAdder();
    /** Messages that have not been answered yet. */
    public final LongAdder pending = new LongAdder();
    /** The number of deliveries expected for all messages sent so far, and the number of those received. */
    public final LongAdder expected = new LongAdder();

    public final LongAdder delivered = new LongAdder();

    public Timer timer(String label) {
        return timers.computeIfAbsent(label, name -> new Timer());
    }

    public Map<String, Timer> timers() {
        return timers;
    }

    public void error(String kind, String example) {
        add(kind, example, 1);
    }

    public void add(String kind, String example, long count) {
        String name = plain(kind, LONGEST_KIND);
        // messages of servers are part of some kinds, and may differ each time
        boolean room = faults.size() < MOST_KINDS || faults.containsKey(name);
        faults.computeIfAbsent(room ? name : OTHER, key -> new Fault(plain(example, LONGEST_EXAMPLE)))
                .count
                .add(count);
    }

    /** A text on one line, without control characters, which could change the terminal. */
    private static String plain(String text, int longest) {
        String start = text.length() > longest ? text.substring(0, longest) + "…" : text;
        return Plain.text(start).replace('\n', ' ');
    }

    /** The errors, sorted by name. */
    public Map<String, Fault> faults() {
        return new TreeMap<>(faults);
    }

    long errors() {
        long sum = 0;
        for (Fault fault : faults.values()) {
            sum += fault.count();
        }
        return sum;
    }
}
