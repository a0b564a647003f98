package dev.sockeye.socketio.server;

import dev.sockeye.runtime.ElasticPool;
import dev.sockeye.runtime.VirtualThreads;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where the application's handlers run. Whatever is chosen, those of one client connection run one at a time and in order.
 *
 * <p>Official counterpart: none, there is one thread.
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
     * Virtual threads where the JVM has them (21 and later), else as {@link #elastic(int) elastic(512)}. The default.
     */
    public static HandlerExecution automatic() {
        return AUTOMATIC;
    }

    /**
     * A virtual thread for each run of handlers.
     *
     * @throws UnsupportedOperationException the JVM has none
     */
    public static HandlerExecution virtualThreads() {
        if (!VirtualThreads.supported()) {
            throw new UnsupportedOperationException("this JVM has no virtual threads (Java 21 and later have)");
        }
        return VIRTUAL;
    }

    /**
     * A pool of the server's own that grows while its threads block, up to a limit. When all threads block, the handlers of all other
     * clients wait until one is free, and one warning is logged. For JVMs without virtual threads.
     *
     * @param maxThreads the greatest number of threads; each that blocks costs its stack, about 1 MiB of address space
     * @throws IllegalArgumentException less than 1
     */
    public static HandlerExecution elastic(int maxThreads) {
        if (maxThreads < 1) {
            throw new IllegalArgumentException("maxThreads must be 1 or more, was " + maxThreads);
        }
        return new HandlerExecution(Kind.ELASTIC, null, maxThreads);
    }

    /**
     * An executor of the application's, which it also ends. Handlers may block if the executor can bear it. When it refuses a task while it
     * lives, the task is offered again every 10 milliseconds: handlers are late, nothing is lost. Once an {@code ExecutorService} has been
     * shut down, no handler of an event runs any more; the connection is closed, and its disconnect handlers run on an I/O thread.
     */
    public static HandlerExecution pool(Executor executor) {
        return new HandlerExecution(Kind.POOL, executor, 0);
    }

    /** On the I/O threads, without a hop: the fastest, for handlers that never block. One that blocks stops its whole loop. */
    public static HandlerExecution eventLoop() {
        return EVENT_LOOP;
    }

    /** The kind. */
    public Kind kind() {
        return kind;
    }

    /** The greatest number of threads of an elastic pool, also of the one that {@link #automatic()} uses; 0 for other kinds. */
    public int maxThreads() {
        return maxThreads;
    }

    /** The executor of {@link #pool(Executor)}; {@code null} for other kinds. */
    public @Nullable Executor executor() {
        return given;
    }
}
