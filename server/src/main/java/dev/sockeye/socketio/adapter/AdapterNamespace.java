package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How an adapter reaches its namespace and the sockets of this server. Any thread. */
public interface AdapterNamespace {

    /** The name of the namespace, with its leading slash. */
    String name();

    /** The parser of the server. */
    Parser parser();

    /** A socket of this server, connected or still in the middlewares; {@code null} when there is none. */
    @Nullable
    LocalSocket socket(String id);

    /** The connected sockets of this server, a live view. */
    Collection<? extends LocalSocket> connectedSockets();

    /** A fresh id for packets that ask for an acknowledgement; differs from that of every other in this namespace. */
    long nextAckId();

    /**
     * Hands an event of another server to the application's listeners.
     *
     * @param ack takes the answer; {@code null} when none is expected
     */
    void onServerSideEmit(String event, Arguments args, @Nullable Consumer<Arguments> ack);

    /** Runs a short task on a thread of the server's after a delay. */
    EngineLoop.Timer schedule(Runnable task, Duration delay);

    /** The server's clock in nanoseconds, monotonic. */
    long nanoTime();

    /** How long the sessions of clients are kept for their return; {@code null} when they are not. */
    default @Nullable Duration recovery() {
        return null;
    }

    /**
     * How many bytes of missed events are sent to a client that comes back. A client that missed more starts anew: its connection
     * would be closed for its outbound bound, and again each time it comes back.
     */
    default long maxMissedBytes() {
        return Long.MAX_VALUE;
    }

    /** Where results for the application are completed: the handler executor, or the caller when that has no room. Never rejects. */
    Executor executor();
}
