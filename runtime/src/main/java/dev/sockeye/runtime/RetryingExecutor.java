package dev.sockeye.runtime;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs mailboxes and single tasks on an executor that may reject them. If the executor is full, rejected tasks are
 * submitted again after {@link #RETRY}. If it has been shut down, or there is none, a single task runs on the calling
 * thread and a mailbox is {@linkplain Mailbox#abandon() abandoned}. So nothing is lost and every future completes.
 */
public final class RetryingExecutor implements MailboxExecutor, Executor {
    /** How long to wait before a rejected task is submitted again. */
    public static final Duration RETRY = Duration.ofMillis(10);

    private static final long WARN_EVERY = Duration.ofSeconds(10).toNanos();
    private static final Logger LOG = System.getLogger(RetryingExecutor.class.getName());

    private final Supplier<@Nullable Executor> target;
    private final LongSupplier clock;
    private final BiConsumer<Runnable, Duration> timer;
    private final MailboxLimits limits;
    private final AtomicLong warnedAt;

    /**
     * Creates an executor.
     *
     * @param target the current executor; {@code null} if there is none, for example after a shutdown
     * @param clock monotonic nanoseconds
     * @param timer runs a short task after a delay
     * @param limits the bounds of each mailbox
     */
    public RetryingExecutor(
            Supplier<@Nullable Executor> target,
            LongSupplier clock,
            BiConsumer<Runnable, Duration> timer,
            MailboxLimits limits) {
        this.target = target;
        this.clock = clock;
        this.timer = timer;
        this.limits = limits;
        this.warnedAt = new AtomicLong(clock.getAsLong() - WARN_EVERY);
    }

    @Override
    public void execute(Mailbox mailbox, boolean again) {
        submit(mailbox);
    }

    @Override
    public void execute(Runnable task) {
        submit(task instanceof TurnHandover.Batch ? task : new Once(task)); // a batch never throws
    }

    /** Notes that a task has begun, so that it is not run again. */
    private static final class Once implements Runnable {
        private final Runnable task;
        private volatile boolean started;

        Once(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            started = true;
            task.run();
        }
    }

    private void submit(Runnable task) {
        Executor current = target.get();
        if (current == null) {
            runHere(task);
            return;
        }
        try {
            current.execute(task);
        } catch (RejectedExecutionException e) {
            if (current instanceof ExecutorService service && service.isShutdown()) {
                runHere(task);
            } else {
                retry(task, e);
            }
        } catch (RuntimeException | Error e) {
            if (task instanceof Once once && once.started) {
                throw e; // of the task: the executor runs tasks on the calling thread
            }
            retry(task, e); // for example, the system cannot start another thread now
        }
    }

    private static void runHere(Runnable task) {
        if (task instanceof Mailbox mailbox) {
            mailbox.abandon();
        } else if (task instanceof TurnHandover.Batch batch) {
            batch.abandon();
        } else {
            task.run();
        }
    }

    private void retry(Runnable task, Throwable refusal) {
        warn(refusal);
        timer.accept(() -> submit(task), RETRY);
    }

    private void warn(Throwable refusal) {
        long now = clock.getAsLong();
        long before = warnedAt.get();
        if (now - before >= WARN_EVERY && warnedAt.compareAndSet(before, now)) {
            LOG.log(
                    Level.WARNING,
                    RuntimeLog.EXECUTOR_REJECTS.text(
                            "the executor of the handlers rejects tasks; handlers are delayed"),
                    refusal);
        }
    }

    @Override
    public long nanoTime() {
        return clock.getAsLong();
    }

    @Override
    public MailboxLimits limits() {
        return limits;
    }
}
