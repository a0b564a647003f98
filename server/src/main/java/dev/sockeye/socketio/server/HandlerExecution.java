package dev.sockeye.socketio.server;

import dev.sockeye.runtime.ElasticPool;
import dev.sockeye.runtime.VirtualThreads;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where the application's handlers run. In all cases, the handlers of one client connection run one at a time and in
 * order.
 *
 * <p>No official counterpart, because Node.js has a single thread.
 */
public final class HandlerExecution {
    /** The kinds of execution. */
    public enum Kind {
        /** See {@link #automatic()}. */
        AUTOMATIC,
        /** See {@link #virtualThreads()}. */
        VIRTUAL,
        /** See {@link #elastic(int)}. */
        ELASTIC,
        /** See {@link #pool(Executor)}. */
        POOL,
        /** See {@link #eventLoop()}. */
        EVENT_LOOP
    }

    private static final HandlerExecution AUTOMATIC =
            new HandlerExecution(Kind.AUTOMATIC, null, ElasticPool.DEFAULT_MAX_THREADS);
    private static final HandlerExecution VIRTUAL = new HandlerExecution(Kind.VIRTUAL, null, 0);
    private static final HandlerExecution EVENT_LOOP = new HandlerExecution(Kind.EVENT_LOOP, null, 0);

    private final Kind kind;
    private final @Nullable Executor given;

    private final int maxThreads;

    private HandlerExecution(Kind kind, @Nullable Executor given, int maxThreads) {
        this.kind = kind;
        this.given = given;
        this.maxThreads = maxThreads;
    }

    /**
     * Virtual threads if the JVM has them (Java 21 and later), otherwise the same as {@link #elastic(int)
     * elastic(512)}. This is the default.
     */
    public static HandlerExecution automatic() {
        return AUTOMATIC;
    }

    /**
     * Runs each batch of handlers on a new virtual thread.
     *
     * @throws UnsupportedOperationException if the JVM has no virtual threads
     */
    public static HandlerExecution virtualThreads() {
        if (!VirtualThreads.supported()) {
            throw new UnsupportedOperationException("this JVM has no virtual threads (Java 21 and later have)");
        }
        return VIRTUAL;
    }

    /**
     * A thread pool owned by the server that grows while its threads are blocked, up to a limit. If all threads are
     * blocked, other handlers wait until a thread is free, and one warning is logged. For JVMs without virtual threads.
     *
     * @param maxThreads the maximum number of threads; each thread needs about 1 MiB of address space for its stack
     * @throws IllegalArgumentException if the value is less than 1
     */
    public static HandlerExecution elastic(int maxThreads) {
        if (maxThreads < 1) {
            throw new IllegalArgumentException("maxThreads must be 1 or more, was " + maxThreads);
        }
        return new HandlerExecution(Kind.ELASTIC, null, maxThreads);
    }

    /**
     * An executor of the application, which is responsible for shutting it down. Handlers may block if the executor has
     * enough threads. If the executor rejects a task although it has not been shut down, the task is submitted again
     * every 10 milliseconds: handlers are delayed, but nothing is lost. After an {@code ExecutorService} has been shut
     * down, event handlers are no longer called; connections are closed, and their disconnect handlers run on an I/O
     * thread.
     */
    public static HandlerExecution pool(Executor executor) {
        return new HandlerExecution(Kind.POOL, executor, 0);
    }

    /**
     * Runs handlers on the I/O threads, without a thread switch. This is the fastest option, for handlers that never
     * block; a handler that blocks stops all connections of its event loop.
     */
    public static HandlerExecution eventLoop() {
        return EVENT_LOOP;
    }

    /** The kind. */
    public Kind kind() {
        return kind;
    }

    /**
     * The maximum number of threads of an elastic pool, including the one used by {@link #automatic()}; 0 for other
     * kinds.
     */
    public int maxThreads() {
        return maxThreads;
    }

    /** The executor of {@link #pool(Executor)}; {@code null} for other kinds. */
    public @Nullable Executor executor() {
        return given;
    }
}
