package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.EngineLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The threads that handlers run on. Made when the server starts, ended when it is closed, unless they are the application's. */
final class HandlerThreads {
    private static final Logger LOG = System.getLogger(HandlerThreads.class.getName());

    /** When an executor that refuses for want of room is asked again. */
    static final Duration RETRY = Duration.ofMillis(10);

    private static final long WARN_EVERY = Duration.ofSeconds(10).toNanos();

    private final HandlerExecution execution;
    private final ServerTimer timer;
    private final AtomicLong warnedAt = new AtomicLong(System.nanoTime() - WARN_EVERY);
    private volatile @Nullable Executor executor;
    private volatile @Nullable ExecutorService own;
    private volatile @Nullable ExecutorService ended;

    HandlerThreads(HandlerExecution execution, ServerTimer timer) {
        this.execution = execution;
        this.timer = timer;
    }

    void start() {
        timer.started();
        switch (execution.kind()) {
            case POOL -> executor = execution.given();
            case EVENT_LOOP -> executor = Runnable::run;
            case VIRTUAL -> startOwn(VirtualThreads.newExecutor());
            case AUTOMATIC ->
                startOwn(
                        VirtualThreads.supported() ? VirtualThreads.newExecutor() : new ElasticPool("sockeye-handler"));
        }
    }

    private void startOwn(ExecutorService service) {
        own = service;
        executor = service;
    }

    void stop() {
        ExecutorService service = own;
        own = null;
        executor = null;
        if (service != null) {
            service.shutdown();
            ended = service;
        }
        timer.ended();
    }

    /** Whether the threads have ended by then, once they were stopped. */
    boolean awaitEnd(long end) throws InterruptedException {
        ExecutorService running = own;
        ExecutorService service = running == null ? ended : running;
        return (service == null || service.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS))
                && timer.awaitEnd(end);
    }

    Executor executor() {
        Executor current = executor;
        if (current == null) {
            // before start and after the end: what is left to be completed is completed by who completes it
            return Runnable::run;
        }
        return current;
    }

    Executor executorFor(EngineLoop loop) {
        if (execution.kind() == HandlerExecution.Kind.EVENT_LOOP) {
            return task -> {
                if (loop.inLoop()) {
                    task.run();
                } else {
                    loop.execute(task);
                }
            };
        }
        return executor();
    }

    Mailbox.MailboxExecutor mailboxExecutor(EngineLoop loop) {
        if (execution.kind() == HandlerExecution.Kind.EVENT_LOOP) {
            return mailbox -> {
                if (loop.inLoop()) {
                    mailbox.drain();
                } else {
                    loop.execute(mailbox::drain);
                }
            };
        }
        return pooled;
    }

    private final Mailbox.MailboxExecutor pooled = this::schedule;

    /** A mailbox that is not run would hold up its client for ever, so an executor that has no room is asked again. */
    private void schedule(Mailbox mailbox) {
        Executor current = executor;
        if (current == null) {
            throw new RejectedExecutionException("the server is closed");
        }
        try {
            current.execute(mailbox::drain);
        } catch (RejectedExecutionException e) {
            if (current instanceof ExecutorService service && service.isShutdown()) {
                throw e;
            }
            long now = System.nanoTime();
            long before = warnedAt.get();
            if (now - before >= WARN_EVERY && warnedAt.compareAndSet(before, now)) {
                LOG.log(Level.WARNING, "the executor of the handlers refuses tasks; handlers are late", e);
            }
            timer.schedule(() -> retry(mailbox), RETRY);
        }
    }

    private void retry(Mailbox mailbox) {
        try {
            schedule(mailbox);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "handlers are not run any more: the executor has been shut down");
        }
    }

    /** Completes something for the application, on the executor if it takes it. */
    void complete(Runnable task) {
        try {
            executor().execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }
}
