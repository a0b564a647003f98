package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.EngineLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The threads that handlers run on. Made when the server starts, ended when it is closed, unless they are the application's. */
final class HandlerThreads {
    private final HandlerExecution execution;
    private volatile @Nullable Executor executor;
    private volatile @Nullable ExecutorService own;

    HandlerThreads(HandlerExecution execution) {
        this.execution = execution;
    }

    void start() {
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
        }
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

    private final Mailbox.MailboxExecutor pooled = mailbox -> {
        Executor current = executor;
        if (current == null) {
            throw new RejectedExecutionException("the server is closed");
        }
        current.execute(mailbox::drain);
    };
}
