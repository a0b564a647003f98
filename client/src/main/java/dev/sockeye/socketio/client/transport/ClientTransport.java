package dev.sockeye.socketio.client.transport;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The network library of a client: its loops, and connections to servers. One instance belongs to one client, which closes it.
 * All methods may be called from any thread.
 *
 * <p>Lifecycle: {@link #nextLoop} and {@link #network} are called for each connection, until {@link #closeAsync} is called.
 */
public interface ClientTransport {

    /** Returns the loop for a new connection. The connection stays on it until it ends. */
    ClientLoop nextLoop();

    /**
     * Returns the network for one Engine.IO connection. Nothing is opened yet.
     *
     * @param loop the loop that {@link #nextLoop()} returned for this connection; all callbacks run on it
     * @param blocking runs tasks that block, such as the lookup of a host name
     */
    ClientNetwork network(ClientLoop loop, NetworkOptions options, Executor blocking);

    /** Whether connections can use WebTransport. Default false. */
    default boolean supportsWebTransport() {
        return false;
    }

    /** Whether the calling thread is an I/O thread, which must not block. */
    boolean inLoop();

    /** The number of network connections that are open or being opened. */
    int openConnections();

    /**
     * Closes the transport. Connections have up to 2 s to send what was written and to close; then they are aborted. Loops that the
     * transport created are shut down, given loops are not. Calling it again has no effect and returns the same result.
     */
    CompletableFuture<Void> closeAsync();
}
