package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.EngineLoop;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A serial executor over a pool. If the loop is idle, a container thread that submits a single task runs it itself, so that a
 * message does not have to be passed to another thread. Tasks that are queued in the meantime are submitted to the pool.
 */
final class SerialLoop implements EngineLoop {

    private static final int BATCH = 256;
    private static final System.Logger LOG = System.getLogger(SerialLoop.class.getName());

    private final Executor pool;
    private final ScheduledExecutorService scheduler;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** The number of tasks, queued and running. */
    private final AtomicInteger work = new AtomicInteger();
    /** Actions to run at the end of the turn; accessed only by the owner. */
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();

    private volatile @Nullable Thread owner;

    // the last text of this turn: a broadcast passes one array to many connections
    private byte @Nullable [] textPayload;
    private int textPrefix;
    private @Nullable String text;

    SerialLoop(Executor pool, ScheduledExecutorService scheduler) {
        this.pool = pool;
        this.scheduler = scheduler;
    }

    @Override
    public boolean inLoop() {
        return owner == Thread.currentThread();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (work.getAndIncrement() == 0) {
            handOver();
        }
    }

    /** Runs a task on this thread if the loop is idle, otherwise queues it. Do not use it for tasks that call back into the caller. */
    void executeHere(Runnable task) {
        if (!work.compareAndSet(0, 1)) {
            execute(task);
            return;
        }
        if (!tasks.isEmpty()) {
            // another thread has added a task that is not counted yet, and it ran in place of a counted one
            tasks.add(task);
            handOver();
            return;
        }
        owner = Thread.currentThread();
        run(task);
        if (work.get() == 1) {
            finishTurn();
        }
        owner = null;
        if (work.decrementAndGet() > 0) {
            handOver();
        }
    }

    /** Runs an action at the end of the current turn, on the loop; call on the loop only. */
    void atEndOfTurn(Runnable action) {
        assert inLoop();
        endOfTurn.add(action);
    }

    private void handOver() {
        try {
            pool.execute(() -> drain(BATCH));
        } catch (RuntimeException | Error e) {
            // the pool is full or shut down, or no thread can be started: run it on the caller, so that nothing is lost
            // and the order is kept
            drain(Integer.MAX_VALUE);
        }
    }

    private void drain(int most) {
        owner = Thread.currentThread();
        int done = 0;
        while (true) {
            Runnable task = tasks.poll();
            if (task != null) {
                run(task);
            }
            done++;
            if (work.get() == 1 || done == most) {
                finishTurn();
            }
            // clear the owner before the count can reach 0, because another thread may take over at that point
            boolean leave = work.get() == 1 || done == most;
            if (leave) {
                owner = null;
            }
            if (work.decrementAndGet() == 0) {
                return;
            }
            if (done == most) {
                handOver();
                return;
            }
            if (leave) {
                owner = Thread.currentThread();
            }
        }
    }

    private void finishTurn() {
        textPayload = null;
        text = null;
        Runnable action = endOfTurn.poll();
        while (action != null) {
            run(action);
            action = endOfTurn.poll();
        }
        textPayload = null;
        text = null;
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, JakartaLog.LOOP_TASK_FAILED.text("a task of an engine loop threw"), e);
        }
    }

    /** A text message in the form that the container requires; the last one of the turn is cached. */
    String text(int prefix, byte[] payload) {
        String known = text;
        if (known != null && textPayload == payload && textPrefix == prefix) {
            return known;
        }
        String fresh = new String(payload, StandardCharsets.UTF_8);
        if (prefix >= 0) {
            fresh = (char) prefix + fresh;
        }
        textPayload = payload;
        textPrefix = prefix;
        text = fresh;
        return fresh;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, Duration delay) {
        Delayed delayed = new Delayed(task);
        try {
            delayed.future = scheduler.schedule(() -> execute(delayed), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the servlet was destroyed; a timer is not started", e);
        }
        return delayed;
    }

    private static final class Delayed implements Timer, Runnable {
        private volatile @Nullable Runnable task;
        private volatile @Nullable Future<?> future;

        Delayed(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            Runnable due = task;
            task = null;
            if (due != null) {
                due.run();
            }
        }

        @Override
        public void cancel() {
            task = null;
            Future<?> f = future;
            if (f != null) {
                f.cancel(false);
            }
        }
    }
}
