package dev.sockeye.socketio.client;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Everything a client takes from outside: loops with their clock, executors, the network, randomness. {@link ClientThreads} in
 * production; a simulation provides its own and needs no threads.
 */
interface ClientEnvironment {

    /** The loop of a new connection. */
    ClientLoop nextLoop();

    /**
     * The network for one engine connection.
     *
     * @param loop the loop that {@link #nextLoop()} returned for this connection
     */
    ClientNetwork network(ClientLoop loop, NetworkOptions options);

    /** Whether the network has WebTransport. */
    default boolean supportsWebTransport() {
        return false;
    }

    /** Runs listeners. */
    Executor listeners();

    /** Completes futures and calls suppliers; never waits for a listener. */
    Executor completions();

    /** A random number from 0 to 1, exclusive. */
    double random();

    /** The wall clock, for the expiry of cookies. */
    long currentTimeMillis();

    /**
     * Prevents blocking an I/O thread.
     *
     * @throws IllegalStateException if the calling thread is an I/O thread
     */
    void checkMayBlock();

    /** Waits for a future that does not fail, except on an I/O thread; {@code false} when it was not complete in time. */
    @CanIgnoreReturnValue
    default boolean await(CompletableFuture<Void> future, Duration timeout) {
        try {
            checkMayBlock();
        } catch (IllegalStateException e) {
            return true;
        }
        try {
            future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** The number of network connections. */
    int openChannels();

    /** Ends what the environment owns, after connections had time to close. Calling it again has no effect. */
    CompletableFuture<Void> end();
}
