package dev.sockeye.cli.load.report;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What the users of a run measure. Written on the loops, read by the thread of the run. */
public final class Metrics {
    public static final String CONNECT = "connect";

    /** The times of one kind of action. */
    public static final class Timer {
        private final Recorder recorder = new Recorder(3);

        /** Any thread. */
        public void record(long nanos) {
            recorder.recordValue(Math.max(0, nanos));
        }

        /** What came since the last call; one reader only. */
        public Histogram interval() {
            return recorder.getIntervalHistogram();
        }
    }

    /** A kind of error: how many, and what the first one said. */
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
    /** Messages whose answer is still owed. */
    public final LongAdder pending = new LongAdder();
    /** Deliveries that the messages sent so far should lead to, and those that came. */
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
        faults.computeIfAbsent(kind, name -> new Fault(example)).count.add(count);
    }

    /** In the order of their names. */
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
