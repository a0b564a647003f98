package dev.sockeye.socketio.server;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where the application's handlers run. Whatever is chosen, those of one client connection run one at a time and in order.
 *
 * <p>Official counterpart: none, there is one thread.
 */
public final class HandlerExecution {
    enum Kind {
        AUTOMATIC,
        VIRTUAL,
        POOL,
        EVENT_LOOP
    }

    private static final HandlerExecution AUTOMATIC = new HandlerExecution(Kind.AUTOMATIC, null);
    private static final HandlerExecution VIRTUAL = new HandlerExecution(Kind.VIRTUAL, null);
    private static final HandlerExecution EVENT_LOOP = new HandlerExecution(Kind.EVENT_LOOP, null);

    private final Kind kind;
    private final @Nullable Executor given;

    private HandlerExecution(Kind kind, @Nullable Executor given) {
        this.kind = kind;
        this.given = given;
    }

    /** Virtual threads where the JVM has them (21 and later), else a pool that grows while its threads block. The default. */
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

    /** An executor of the application's, which it also ends. Handlers may block if the executor can bear it. */
    public static HandlerExecution pool(Executor executor) {
        return new HandlerExecution(Kind.POOL, executor);
    }

    /** On the I/O threads, without a hop: the fastest, for handlers that never block. One that blocks stops its whole loop. */
    public static HandlerExecution eventLoop() {
        return EVENT_LOOP;
    }

    Kind kind() {
        return kind;
    }

    @Nullable
    Executor given() {
        return given;
    }
}
