package dev.sockeye.cli.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What the users of a run measure. Written on the loops, read by the thread of the run. */
final class Metrics {
    static final String CONNECT = "connect";

    /** The times of one kind of action. */
    static final class Timer {
        private final Recorder recorder = new Recorder(3);

        /** Any thread. */
        void record(long nanos) {
            recorder.recordValue(Math.max(0, nanos));
        }

        /** What came since the last call; one reader only. */
        Histogram interval() {
            return recorder.getIntervalHistogram();
        }
    }

    /** A kind of error: how many, and what the first one said. */
    static final class Fault {
        final LongAdder count = new LongAdder();
        final String example;

        Fault(String example) {
            this.example = example;
        }
    }

    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();

    final AtomicInteger opening = new AtomicInteger();
    final AtomicInteger connected = new AtomicInteger();
    final LongAdder opened = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder received = new LongAdder();
    /** Messages whose answer is still owed. */
    final LongAdder pending = new LongAdder();
    /** Deliveries that the messages sent so far should lead to, and those that came. */
    final LongAdder expected = new LongAdder();

    final LongAdder delivered = new LongAdder();

    Timer timer(String label) {
        return timers.computeIfAbsent(label, name -> new Timer());
    }

    Map<String, Timer> timers() {
        return timers;
    }

    void error(String kind, String example) {
        add(kind, example, 1);
    }

    void add(String kind, String example, long count) {
        faults.computeIfAbsent(kind, name -> new Fault(example)).count.add(count);
    }

    /** In the order of their names. */
    Map<String, Fault> faults() {
        return new TreeMap<>(faults);
    }

    long errors() {
        long sum = 0;
        for (Fault fault : faults.values()) {
            sum += fault.count.sum();
        }
        return sum;
    }
}
