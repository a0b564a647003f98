package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.SessionIds;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives an adapter access to its namespace and to the sockets of this server. Implemented by Sockeye and passed to the
 * {@link AdapterFactory}, one instance for each adapter.
 *
 * <p>All methods may be called from any thread, also in the constructor of the adapter, when there are no sockets yet.
 * No method blocks, waits for the network or holds a lock while it calls the adapter. They may still be called after
 * {@link Adapter#close()}: then there are no sockets, but scheduled tasks still run.
 *
 * <p>The adapter must not hold a lock while it calls {@link #onServerSideEmit}, completes a future or calls an {@code
 * ack}: these may run handlers of the application.
 */
public interface AdapterNamespace {

    /** The name of the namespace, with its leading slash. */
    String name();

    /** The parser of the server. */
    Parser parser();

    /**
     * A socket of this server.
     *
     * @return the socket, which is connected or still running its middlewares; {@code null} if it is not on this server
     *     or has left
     */
    @Nullable
    LocalSocket socket(String id);

    /**
     * The connected sockets of this server in the order in which they connected: a live, read-only view. Its iterators
     * take no lock and are weakly consistent: they never fail, and may or may not show sockets that connect or
     * disconnect during the iteration.
     */
    Collection<? extends LocalSocket> connectedSockets();

    /** Returns a new acknowledgement id, unique in this namespace on this server. */
    long nextAckId();

    /**
     * Passes an event of another server to the application's handlers and returns immediately. The handlers run later
     * on the handler executor, in the order of the calls. The event is dropped if it has no handler or the queue is
     * full.
     *
     * @param ack receives the answer, at most once, on any thread; {@code null} if no answer is expected
     */
    void onServerSideEmit(String event, Arguments args, @Nullable Consumer<Arguments> ack);

    /**
     * Runs a task once after a delay, on a timer thread that is shared by all servers of the JVM: the task must not
     * block. An exception of the task does not affect other tasks.
     *
     * @return cancels the task; a task that is already running is not interrupted
     */
    EngineLoop.Timer schedule(Runnable task, Duration delay);

    /** The monotonic clock of the server in nanoseconds, for measuring intervals only. Tests may replace it. */
    long nanoTime();

    /** Returns 64 random bits that are impossible to guess, for ids. Tests may replace the generator. */
    default long randomBits() {
        return SessionIds.RandomIds.nextBits();
    }

    /** How long the session of a disconnected client is kept; {@code null} without connection state recovery. */
    default @Nullable Duration recovery() {
        return null;
    }

    /**
     * The maximum size in bytes of the missed events that are sent to a returning client. A client that has missed more
     * gets a new session; otherwise its connection would exceed the outbound limit and be closed each time it returns.
     */
    default long maxMissedBytes() {
        return Long.MAX_VALUE;
    }

    /**
     * The executor on which futures of the application are completed: the handler executor, or the calling thread if
     * the handler executor has been shut down. Never rejects a task; the order of tasks is undefined.
     */
    Executor executor();
}
