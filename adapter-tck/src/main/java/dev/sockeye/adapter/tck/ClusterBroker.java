package dev.sockeye.adapter.tck;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import org.jspecify.annotations.Nullable;

/**
 * The broker that the servers of a test share, and the features of its adapter. Implementations are returned by {@link
 * ClusterAdapterContract#startBroker()}.
 *
 * <p>Methods for optional features return false by default: the tests of these features are reported as skipped, with the reason.
 */
public interface ClusterBroker extends AutoCloseable {

    /** The connection of one server to the broker. */
    interface Node extends AutoCloseable {

        /**
         * The adapters of this server, with the timeouts of {@link ClusterAdapterContract#OPTIONS}. Called once.
         *
         * @return a factory that creates a {@link dev.sockeye.socketio.adapter.cluster.ClusterAdapter} for each namespace
         */
        AdapterFactory adapter();

        /**
         * Makes the broker unreachable for this server only, as if the process were killed or its network were down: nothing
         * that it sends arrives, and it receives nothing. See {@link TcpProxy}. Only called if {@link ClusterBroker#canCut()}.
         */
        default void cut() {
            throw new UnsupportedOperationException();
        }

        /** Reverts {@link #cut()}. */
        default void heal() {
            throw new UnsupportedOperationException();
        }

        /** Releases the resources of the node. Its server is already closed. */
        @Override
        default void close() {}
    }

    /** Creates a node for another server. */
    Node node() throws Exception;

    /**
     * An emitter that reaches the servers of the nodes. The test closes it.
     *
     * @return {@code null}, the default, if there is none for this adapter
     */
    default @Nullable Emitter emitter() throws Exception {
        return null;
    }

    /** Whether the adapter supports connection state recovery: the servers of the test then have it enabled. Default false. */
    default boolean recovers() {
        return false;
    }

    /** Whether the sessions of connected clients survive a crash of their server. Default false. */
    default boolean keepsLiveSessions() {
        return false;
    }

    /**
     * Whether broadcasts that are sent while the broker is unavailable, or while a server cannot reach it, arrive later.
     * Default false: they may be lost, but must not arrive twice or out of order.
     */
    default boolean isDurable() {
        return false;
    }

    /** Whether {@link Node#cut()} works. Default false. */
    default boolean canCut() {
        return false;
    }

    /** Whether {@link #stop()} and {@link #start()} work. Default false. */
    default boolean canRestart() {
        return false;
    }

    /** Kills the broker without a shutdown. Only called if {@link #canRestart()}. */
    default void stop() throws Exception {
        throw new UnsupportedOperationException();
    }

    /** Starts the broker again on the same address, with its stored data. Returns when it accepts connections. */
    default void start() throws Exception {
        throw new UnsupportedOperationException();
    }

    /** Stops the broker after the last test. */
    @Override
    default void close() {}
}
