package dev.sockeye.socketio.client;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one at a time and in order on an executor. Any thread adds. */
final class Mailbox {
    private static final System.Logger LOG = System.getLogger(Mailbox.class.getName());
    private static final int BATCH = 64;

    private final Executor executor;
    private final int capacity;
    private final Runnable onRelief;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param onRelief called by the running thread when the tasks fell to half of the capacity */
    Mailbox(Executor executor, int capacity, Runnable onRelief) {
        this.executor = executor;
        this.capacity = capacity;
        this.onRelief = onRelief;
    }

    void add(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            schedule();
        }
    }

    /** Whether as many tasks wait as may. */
    boolean full() {
        return waiting.get() >= capacity;
    }

    private void schedule() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "the executor of the listeners refuses tasks; they are lost", e);
            int lost = 0;
            while (tasks.poll() != null) {
                lost++;
            }
            waiting.addAndGet(-lost);
        }
    }

    private void run() {
        for (int i = 0; i < BATCH; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            try {
                task.run();
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.ERROR, "a listener failed", e);
            }
            int left = waiting.decrementAndGet();
            if (left == capacity / 2) {
                onRelief.run();
            }
            if (left == 0) {
                return;
            }
        }
        schedule();
    }
}
