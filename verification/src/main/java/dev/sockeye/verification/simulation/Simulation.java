package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The time and order of a run. Events happen one at a time, ordered by time; the clock jumps from one to the next.
 *
 * <p>Code that runs in an event may {@linkplain #block block}: its thread then really waits while another thread continues with
 * the events, and resumes at its simulated time. Handlers therefore really block, and the locks that they hold are really held,
 * but only one thread runs at any time.
 */
final class Simulation {

    /** The run is over: unwinds the stack of a blocked handler. */
    private static final class Aborted extends Error {
        private static final long serialVersionUID = 1;

        Aborted() {
            super("the run is over", null, false, false);
        }
    }

    private static final class Event implements Comparable<Event>, EngineLoop.Timer {
        private final long time;
        private final long number;
        private final String label;
        private @Nullable Runnable task;

        Event(long time, long number, String label, Runnable task) {
            this.time = time;
            this.number = number;
            this.label = label;
            this.task = task;
        }

        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(number, other.number);
        }

        @Override
        public void cancel() {
            task = null;
        }
    }

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "simulation");
        thread.setDaemon(true);
        return thread;
    });

    private static final int WATCH_SECONDS = 10;
    /** The number of checks without progress before the run counts as stuck; a slow machine must not count as an endless loop. */
    private static final int MOST_IDLE = 30;

    /** No run has more events; a timer that is armed again and again exceeds it. */
    private static final long MOST_EVENTS = 100_000;

    final Dice dice;
    final Trace trace;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private final long seed;
    private long now;
    private long number;
    private final AtomicLong happened = new AtomicLong();
    private int ids;
    private long limit = Long.MAX_VALUE;
    private volatile @Nullable Object actor;
    private volatile @Nullable Thread leader;
    private final Set<Thread> parked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger driving = new AtomicInteger();
    private volatile boolean over;
    private volatile @Nullable Throwable failure;

    Simulation(long seed, boolean kept) {
        this.seed = seed;
        this.dice = new Dice(seed);
        this.trace = new Trace(kept);
    }

    long seed() {
        return seed;
    }

    /** A unique id of 20 characters. */
    String randomId() {
        char[] id = new char[20];
        long bits = dice.next();
        int count = ids++;
        for (int i = 0; i < 12; i++, bits >>>= 5) {
            id[i] = Character.forDigit((int) (bits & 31), 32);
        }
        for (int i = 19; i >= 12; i--, count /= 10) {
            id[i] = Character.forDigit(count % 10, 10);
        }
        return new String(id);
    }

    long now() {
        return now;
    }

    long happened() {
        return happened.get();
    }

    /** No event may be pending at this time. */
    void mustEndBefore(long time) {
        limit = time;
    }

    /** Schedules a task at a time. */
    EngineLoop.Timer at(long time, String label, Runnable task) {
        Event event = new Event(Math.max(now, time), number++, label, task);
        events.add(event);
        return event;
    }

    /** Schedules a task after a delay in nanoseconds. */
    EngineLoop.Timer after(long nanos, String label, Runnable task) {
        return at(now + Math.max(0, nanos), label, task);
    }

    /** The owner of the running code: a loop, a thread of a handler pool, or {@code null}. */
    @Nullable
    Object actor() {
        return actor;
    }

    /** Runs code on behalf of an owner. */
    void as(@Nullable Object who, Runnable task) {
        Object before = actor;
        actor = who;
        try {
            task.run();
        } finally {
            actor = before;
        }
    }

    void trace(String who, String what) {
        if (over) {
            return;
        }
        trace.add(now, who, what);
    }

    /** The same as {@link #trace(String, String)}, for frequent events: the text is created only if it is recorded. */
    void trace(String who, String what, int number) {
        if (!over) {
            trace.add(now, who, what, number);
        }
    }

    /** Ends the run with a failure, unless it has already failed. */
    void fail(Throwable cause) {
        if (failure == null && !(cause instanceof Aborted)) {
            failure = cause;
            trace("FAILURE", String.valueOf(cause.getMessage()));
        }
        over = true;
    }

    void fail(String message) {
        Failure cause = new Failure(message);
        fail(cause);
        throw cause;
    }

    void check(boolean condition, String message) {
        if (!condition) {
            fail(message);
        }
    }

    boolean over() {
        return over;
    }

    /** Lets simulated time pass inside a handler. */
    void block(long nanos) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        after(nanos, "wake", () -> end.complete(null));
        await(end);
    }

    /** Waits inside a handler until a future completes, normally or exceptionally. */
    void await(CompletableFuture<?> end) {
        if (over) {
            throw new Aborted();
        }
        if (end.isDone()) {
            return;
        }
        Thread me = Thread.currentThread();
        Object mine = actor;
        var unused = end.whenComplete((value, error) -> after(0, "resume", () -> handTo(me)));
        actor = null;
        leader = null;
        parked.add(me);
        lead();
        while (leader != me && !over) {
            LockSupport.park(this);
        }
        parked.remove(me);
        if (over) {
            throw new Aborted();
        }
        actor = mine;
    }

    /** Lets another thread continue with the events. */
    private void lead() {
        driving.incrementAndGet();
        THREADS.execute(() -> {
            try {
                drive();
            } finally {
                if (over) {
                    parked.forEach(LockSupport::unpark);
                }
                if (driving.decrementAndGet() == 0) {
                    done.countDown();
                }
            }
        });
    }

    private void handTo(Thread thread) {
        leader = thread;
        LockSupport.unpark(thread);
    }

    /** Runs all events. Returns if none is left, an invariant failed, or there is no progress. */
    @Nullable
    Throwable run() throws InterruptedException {
        lead();
        long before = -1;
        for (int idle = 0; !done.await(WATCH_SECONDS, TimeUnit.SECONDS); ) {
            idle = happened.get() == before ? idle + 1 : 0;
            before = happened.get();
            if (idle > 1) {
                StringBuilder stacks = new StringBuilder();
                boolean running = describe(stacks);
                if (!running || idle > MOST_IDLE) {
                    over = true;
                    return new Failure((running ? "endless loop" : "deadlock") + stacks);
                }
            }
        }
        return failure;
    }

    /** Appends the stacks of the simulation's threads; returns whether one of them is running. */
    private static boolean describe(StringBuilder stacks) {
        boolean running = false;
        for (var entry : Thread.getAllStackTraces().entrySet()) {
            Thread thread = entry.getKey();
            if (thread.getName().equals("simulation") && inUse(entry.getValue())) {
                running |= thread.getState() == Thread.State.RUNNABLE;
                stacks.append("\n").append(thread.getState());
                for (StackTraceElement element : entry.getValue()) {
                    stacks.append("\n    at ").append(element);
                }
            }
        }
        return running;
    }

    private static boolean inUse(StackTraceElement[] stack) {
        for (StackTraceElement element : stack) {
            if (element.getMethodName().equals("drive")) {
                return true;
            }
        }
        return false;
    }

    private void drive() {
        Thread me = Thread.currentThread();
        leader = me;
        while (leader == me && !over) {
            Event event = events.poll();
            if (event == null) {
                over = true;
                break;
            }
            Runnable task = event.task;
            if (task == null) {
                continue;
            }
            event.task = null;
            if (event.time > limit) {
                fail(new Failure("something is left at the end: " + event.label));
                break;
            }
            now = event.time;
            happened.incrementAndGet();
            trace.event(now, event.label);
            if (happened.get() > MOST_EVENTS) {
                fail(new Failure("more than " + MOST_EVENTS + " events: possible endless loop: " + event.label));
                break;
            }
            actor = null;
            try {
                task.run();
            } catch (Throwable e) {
                fail(e);
            }
        }
    }
}
