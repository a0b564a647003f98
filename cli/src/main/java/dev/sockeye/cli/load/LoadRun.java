package dev.sockeye.cli.load;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Scenario;
import dev.sockeye.cli.load.plan.Script;
import dev.sockeye.cli.load.plan.Units;
import dev.sockeye.cli.load.report.HdrFile;
import dev.sockeye.cli.load.report.LoadResult;
import dev.sockeye.cli.load.report.Metrics;
import dev.sockeye.cli.load.report.Progress;
import dev.sockeye.cli.load.report.Sample;
import dev.sockeye.cli.load.user.UserFactory;
import dev.sockeye.cli.load.user.Worker;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A complete run: opens the connections, warms up, measures, waits for outstanding answers, and closes the connections. */
public final class LoadRun {
    private static final long SAMPLE_NANOS = 1_000_000_000L;
    private static final double SHORTEST_SAMPLE = 0.2;
    private static final long REDRAW_MILLIS = 200;
    private static final long QUIET_DRAIN_NANOS = 5_000_000_000L;
    private static final long CLOSE_NANOS = 5_000_000_000L;

    private final LoadPlan plan;
    private final Progress progress;
    private final @Nullable HdrFile hdr;
    private final Metrics metrics = new Metrics();
    private final UserFactory cast;
    private final List<Worker> workers = new ArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);

    private final long start = System.nanoTime();
    private final Instant began = Instant.now();
    private final Map<String, Histogram> totals = new LinkedHashMap<>();
    private final List<Sample> samples = new ArrayList<>();
    private final Map<Long, Long> cpuTimes = new LinkedHashMap<>();
    private boolean measuring;
    private double busySeconds;
    private double busyOver;
    private long sampled = start;
    private long sentBefore;
    private long receivedBefore;

    LoadRun(LoadPlan plan, Progress progress, @Nullable HdrFile hdr) {
        this.plan = plan;
        this.progress = progress;
        this.hdr = hdr;
        this.cast = new UserFactory(plan, metrics, new java.util.Random());
        for (int i = 0; i < plan.threads(); i++) {
            workers.add(new Worker(cast, i));
        }
    }

    /** Ends the run early and keeps the measurements. May be called from any thread. */
    void interrupt() {
        stop.countDown();
    }

    private boolean interrupted() {
        return stop.getCount() == 0;
    }

    LoadResult run() throws InterruptedException {
        boolean connectOnly = plan.script() == null && plan.scenario() == Scenario.CONNECT;
        measuring = connectOnly || plan.script() != null;
        long from = start;
        samples.add(new Sample(0, 0, 0, 0, 0, Map.of(), Map.of(), 0));
        workers.forEach(Worker::open);
        if (plan.script() == null) {
            open();
        }
        double openSeconds = Units.seconds(System.nanoTime() - start);
        int connected = metrics.connected.get();
        boolean anybody = connected > 0 || plan.script() != null;
        if (anybody && !connectOnly && plan.script() == null) {
            workers.forEach(Worker::begin);
            span("warming up", plan.warmup().toNanos());
            sample();
            measuring = true;
            from = System.nanoTime();
        }
        long sent = metrics.sent.sum();
        long received = metrics.received.sum();
        if (anybody) {
            Script script = plan.script();
            span(connectOnly ? "holding" : "measuring", (script == null ? plan.duration() : script.length()).toNanos());
        }
        double seconds = Units.seconds(System.nanoTime() - from);
        sent = metrics.sent.sum() - sent;
        received = metrics.received.sum() - received;
        boolean early = interrupted();
        workers.forEach(Worker::stop);
        sample();
        Map<String, Long> counts = new LinkedHashMap<>();
        totals.forEach((label, times) -> counts.put(label, times.getTotalCount()));
        connected = plan.script() == null ? metrics.connected.get() : mostConnected();
        drain();
        progress.show("closing", 1, "", Units.seconds(System.nanoTime() - start), last(), plan);
        sample();
        measuring = false;
        close();
        long missing = Math.max(0, metrics.expected.sum() - metrics.delivered.sum());
        if (missing > 0) {
            metrics.add("missing deliveries", "expected messages that did not arrive", missing);
        }
        progress.clear();
        return new LoadResult(
                plan,
                began,
                Units.seconds(from - start),
                seconds,
                openSeconds,
                samples,
                totals(),
                counts,
                faults(),
                metrics.opened.sum(),
                connected,
                sent,
                received,
                missing,
                busyOver > 0 ? busySeconds / busyOver : 0,
                early);
    }

    /** Closes all workers at the same time: after Ctrl-C the results have to be printed within seconds. */
    private void close() throws InterruptedException {
        List<Thread> closing = new ArrayList<>();
        for (Worker worker : workers) {
            Thread thread = new Thread(() -> worker.close(CLOSE_NANOS), "sockeye-load-close");
            thread.setDaemon(true);
            thread.start();
            closing.add(thread);
        }
        for (Thread thread : closing) {
            thread.join();
        }
    }

    private int mostConnected() {
        return samples.stream().mapToInt(Sample::connected).max().orElse(0);
    }

    private void open() throws InterruptedException {
        int all = plan.connections();
        until(
                "opening",
                () -> workers.stream().allMatch(Worker::allOpened)
                        && metrics.opening.get() == 0
                        && metrics.pending.sum() == 0,
                () -> (double) metrics.connected.get() / all,
                () -> Units.count(metrics.connected.get()) + " of " + Units.count(all),
                longestOpening());
    }

    /** Users that reconnect may try forever; the others end at their timeout. */
    private long longestOpening() {
        Duration timeout = plan.options().timeout();
        return !plan.options().reconnection() || timeout == null
                ? Long.MAX_VALUE
                : (long) (plan.connections() / plan.ramp() * 1e9 + 2.0 * timeout.toNanos());
    }

    private void span(String phase, long nanos) throws InterruptedException {
        long begin = System.nanoTime();
        until(
                phase,
                () -> false,
                () -> (double) (System.nanoTime() - begin) / nanos,
                () -> Math.round(Units.seconds(System.nanoTime() - begin)) + " s of "
                        + Units.length(Duration.ofNanos(nanos)),
                nanos);
    }

    /** Waits for outstanding answers and deliveries as long as some of them still arrive. */
    private void drain() throws InterruptedException {
        long quiet = Math.min(QUIET_DRAIN_NANOS, plan.answerTimeout().toNanos());
        long most = Math.max(QUIET_DRAIN_NANOS, plan.answerTimeout().toNanos());
        long[] last = {-1, System.nanoTime()};
        until(
                "draining",
                () -> {
                    long owed = metrics.pending.sum() + metrics.expected.sum() - metrics.delivered.sum();
                    if (owed != last[0]) {
                        last[0] = owed;
                        last[1] = System.nanoTime();
                    }
                    return owed <= 0
                            || metrics.connected.get() == 0
                            || interrupted()
                            || System.nanoTime() - last[1] > quiet;
                },
                () -> 1,
                () -> "",
                most);
    }

    private void until(String phase, BooleanSupplier done, DoubleSupplier part, Supplier<String> of, long nanos)
            throws InterruptedException {
        long begin = System.nanoTime();
        boolean draining = phase.equals("draining");
        while (!done.getAsBoolean() && (!interrupted() || draining)) {
            long now = System.nanoTime();
            if (now - begin >= nanos) {
                return;
            }
            if (now - sampled >= SAMPLE_NANOS) {
                sample();
            }
            progress.show(phase, part.getAsDouble(), of.get(), Units.seconds(now - start), last(), plan);
            long left = TimeUnit.NANOSECONDS.toMillis(Math.min(nanos - (now - begin), SAMPLE_NANOS)) + 1;
            boolean ended = stop.await(Math.min(left, draining ? 20 : REDRAW_MILLIS), TimeUnit.MILLISECONDS);
            if (ended && draining) {
                return;
            }
        }
    }

    private @Nullable Sample last() {
        return samples.isEmpty() ? null : samples.get(samples.size() - 1);
    }

    private void sample() {
        long now = System.nanoTime();
        double seconds = Units.seconds(now - sampled);
        long wallEnd = began.toEpochMilli() + TimeUnit.NANOSECONDS.toMillis(now - start);
        long wallBegin = began.toEpochMilli() + TimeUnit.NANOSECONDS.toMillis(sampled - start);
        Map<String, Sample.Times> times = new TreeMap<>();
        Histogram all = new Histogram(3);
        for (Map.Entry<String, Metrics.Timer> timer : metrics.timers().entrySet()) {
            String label = timer.getKey();
            Histogram interval = timer.getValue().interval();
            if (interval.getTotalCount() == 0) {
                continue;
            }
            times.put(label, times(interval));
            boolean connect = label.equals(Metrics.CONNECT);
            if (!connect) {
                all.add(interval);
            }
            if (measuring || connect) {
                totals.computeIfAbsent(label, name -> new Histogram(3)).add(interval);
                if (hdr != null) {
                    hdr.write(label, interval, wallBegin, wallEnd);
                }
            }
        }
        if (plan.script() != null && all.getTotalCount() > 0) {
            times.put(Script.ALL, times(all));
            totals.computeIfAbsent(Script.ALL, name -> new Histogram(3)).add(all);
        }
        Map<String, Long> errors = new TreeMap<>();
        metrics.faults().forEach((kind, fault) -> errors.put(kind, fault.count()));
        long sent = metrics.sent.sum();
        long received = metrics.received.sum();
        if (seconds < SHORTEST_SAMPLE && samples.size() > 1) {
            return; // too short for a rate; its counts are added to the next sample
        }
        double busy = busy(seconds);
        samples.add(new Sample(
                Units.seconds(now - start),
                metrics.connected.get(),
                metrics.opening.get(),
                seconds > 0 ? (sent - sentBefore) / seconds : 0,
                seconds > 0 ? (received - receivedBefore) / seconds : 0,
                times,
                errors,
                busy));
        if (measuring && seconds > 0.5) {
            busySeconds += busy * seconds;
            busyOver += seconds;
        }
        sentBefore = sent;
        receivedBefore = received;
        sampled = now;
    }

    private static Sample.Times times(Histogram interval) {
        return new Sample.Times(
                interval.getTotalCount(),
                interval.getValueAtPercentile(50),
                interval.getValueAtPercentile(90),
                interval.getValueAtPercentile(99),
                interval.getMaxValue());
    }

    /** The CPU time of the busiest worker since the last sample, as a fraction of the elapsed time. */
    private double busy(double seconds) {
        double most = 0;
        var threads = ManagementFactory.getThreadMXBean();
        for (Worker worker : workers) {
            long id = worker.threadId();
            long time = id < 0 ? -1 : threads.getThreadCpuTime(id);
            Long before = time < 0 ? null : cpuTimes.put(id, time);
            if (before != null && seconds > 0) {
                most = Math.max(most, Units.seconds(time - before) / seconds);
            }
        }
        return most;
    }

    private Map<String, Histogram> totals() {
        Map<String, Histogram> ordered = new LinkedHashMap<>();
        Histogram connect = totals.get(Metrics.CONNECT);
        if (connect != null) {
            ordered.put(Metrics.CONNECT, connect);
        }
        new TreeMap<>(totals).forEach((label, times) -> {
            if (!label.equals(Script.ALL)) {
                ordered.putIfAbsent(label, times);
            }
        });
        Histogram all = totals.get(Script.ALL);
        if (all != null) {
            ordered.put(Script.ALL, all);
        }
        return ordered;
    }

    private Map<String, LoadResult.Fault> faults() {
        Map<String, LoadResult.Fault> faults = new LinkedHashMap<>();
        metrics.faults()
                .forEach((kind, fault) -> faults.put(kind, new LoadResult.Fault(fault.count(), fault.example())));
        return faults;
    }
}
