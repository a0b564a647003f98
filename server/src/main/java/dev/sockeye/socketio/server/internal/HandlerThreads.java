package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.runtime.ElasticPool;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.runtime.MailboxExecutor;
import dev.sockeye.runtime.MailboxLimits;
import dev.sockeye.runtime.RetryingExecutor;
import dev.sockeye.runtime.TurnHandover;
import dev.sockeye.runtime.VirtualThreads;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.ServerTimer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads that handlers run on. They start and end with the server, unless the application has given an executor. */
final class HandlerThreads {
    private final HandlerExecution execution;
    private final ServerTimer timer;
    private final MailboxLimits limits;
    private final RetryingExecutor executor;

    /** One for each loop that has turns: as many as the host has threads. */
    private final Map<EngineLoop, MailboxExecutor> handovers = new ConcurrentHashMap<>();

    private final Map<EngineLoop, OnLoop> loops = new ConcurrentHashMap<>();

    /** {@code null} before the start and after the end. */
    private volatile @Nullable Executor target;

    private volatile @Nullable ExecutorService own;
    private volatile @Nullable ExecutorService ended;

    HandlerThreads(HandlerExecution execution, ServerTimer timer, MailboxLimits limits) {
        this.execution = execution;
        this.timer = timer;
        this.limits = limits;
        this.executor = new RetryingExecutor(() -> target, timer::nanoTime, timer::schedule, limits);
    }

    void start() {
        timer.started();
        switch (execution.kind()) {
            case POOL -> target = execution.executor();
            case EVENT_LOOP -> target = Runnable::run;
            case VIRTUAL -> startOwn(VirtualThreads.newExecutor());
            case ELASTIC -> startOwn(new ElasticPool("sockeye-handler", execution.maxThreads()));
            case AUTOMATIC ->
                startOwn(
                        VirtualThreads.supported()
                                ? VirtualThreads.newExecutor()
                                : new ElasticPool("sockeye-handler", execution.maxThreads()));
        }
    }

    private void startOwn(ExecutorService service) {
        own = service;
        target = service;
    }

    void stop() {
        ExecutorService service = own;
        own = null;
        target = null;
        handovers.clear();
        loops.clear();
        if (service != null) {
            service.shutdown();
            ended = service;
        }
        timer.ended();
    }

    /** Waits until the threads have ended after {@link #stop}; returns whether they have by then. */
    boolean awaitEnd(long end) throws InterruptedException {
        ExecutorService running = own;
        ExecutorService service = running == null ? ended : running;
        return (service == null || service.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS))
                && timer.awaitEnd(end);
    }

    /** Runs single tasks in no defined order. Never rejects a task: see {@link RetryingExecutor}. */
    Executor executor() {
        return executor;
    }

    /** The same as {@link #executor()}, or the loop when handlers run there. */
    Executor executorFor(EngineLoop loop) {
        return execution.kind() == HandlerExecution.Kind.EVENT_LOOP ? onLoop(loop) : executor;
    }

    /** Runs the mailboxes of clients on this loop. */
    MailboxExecutor mailboxExecutor(EngineLoop loop) {
        if (execution.kind() == HandlerExecution.Kind.EVENT_LOOP) {
            return onLoop(loop);
        }
        return loop.hasTurns() ? handovers.computeIfAbsent(loop, this::handover) : executor;
    }

    private OnLoop onLoop(EngineLoop loop) {
        return loop.hasTurns()
                ? loops.computeIfAbsent(loop, key -> new OnLoop(key, limits))
                : new OnLoop(loop, limits); // one object per client: not cached
    }

    private MailboxExecutor handover(EngineLoop loop) {
        return new TurnHandover(executor, loop::inLoop, loop::executeAtTurnEnd);
    }

    /** Runs mailboxes that belong to no client. */
    MailboxExecutor mailboxExecutor() {
        return executor;
    }

    /** Runs handlers on the I/O thread. */
    private record OnLoop(EngineLoop loop, MailboxLimits limits) implements MailboxExecutor, Executor {
        @Override
        public void execute(Mailbox mailbox, boolean again) {
            if (!again && loop.inLoop()) {
                mailbox.run();
                return;
            }
            try {
                loop.execute(mailbox);
            } catch (RejectedExecutionException e) {
                mailbox.abandon();
            }
        }

        @Override
        public void execute(Runnable task) {
            if (loop.inLoop()) {
                task.run();
                return;
            }
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                task.run();
            }
        }

        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }
    }
}
