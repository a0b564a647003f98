package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How an adapter reaches its namespace and the sockets of this server. Implemented by Sockeye; given to the {@link AdapterFactory},
 * once for each adapter.
 *
 * <p>All methods may be called from any thread, from the constructor of the adapter on; in the constructor there are no sockets yet. None
 * of them blocks, waits for the network or holds a lock while it calls the adapter. They may still be called after {@link Adapter#close()}:
 * there are no sockets then, and scheduled tasks still run.
 *
 * <p>The adapter must not hold a lock while it calls {@link #onServerSideEmit}, completes a future or calls an {@code ack}: handlers of
 * the application run behind them.
 */
public interface AdapterNamespace {

    /** The name of the namespace, with its leading slash. */
    String name();

    /** The parser of the server. */
    Parser parser();

    /**
     * A socket of this server.
     *
     * @return the socket, connected or still in the middlewares; {@code null} when it is not on this server or has left
     */
    @Nullable
    LocalSocket socket(String id);

    /**
     * The connected sockets of this server in the order in which they connected: a live view, read only. Its iterators take no lock and never
     * fail; they may miss or show sockets that come and go meanwhile.
     */
    Collection<? extends LocalSocket> connectedSockets();

    /** A fresh id for packets that ask for an acknowledgement; differs from that of every other in this namespace. */
    long nextAckId();

    /**
     * Hands an event of another server to the application's handlers, and returns at once: they run later, in the order of the calls, on the
     * handler executor. An event without a handler, or one too many in the queue, is dropped.
     *
     * @param ack takes the answer, at most once, on any thread; {@code null} when none is expected
     */
    void onServerSideEmit(String event, Arguments args, @Nullable Consumer<Arguments> ack);

    /**
     * Runs a task once after a delay, on a timer thread that all servers of the JVM share: it must not block. A task that throws is the
     * adapter's mistake, and ends nothing else.
     *
     * @return cancels the task; a task that runs already is not interrupted
     */
    EngineLoop.Timer schedule(Runnable task, Duration delay);

    /** The clock of the server, in nanoseconds, monotonic; for intervals only. Tests replace it. */
    long nanoTime();

    /** How long the session of a client that has left is kept; {@code null} without connection state recovery. */
    default @Nullable Duration recovery() {
        return null;
    }

    /**
     * How many bytes of missed events may be sent to a client that returns. A client that has missed more gets a new session: otherwise its
     * connection would exceed its outbound limit and be closed, each time it returns.
     */
    default long maxMissedBytes() {
        return Long.MAX_VALUE;
    }

    /**
     * Where futures of the application are completed: the handler executor, or the calling thread when that has been shut down. Never rejects a
     * task; the order of tasks is not defined.
     */
    Executor executor();
}
