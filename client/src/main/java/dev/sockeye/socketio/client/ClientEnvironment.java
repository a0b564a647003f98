package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.ClientLoop;
import dev.sockeye.socketio.client.engine.ClientNetwork;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * All that a client takes from outside: loops with their clock, executors, the network, randomness. {@link ClientThreads} in
 * production; a simulation gives its own and needs no thread.
 */
interface ClientEnvironment {

    /** The loop of a new connection. */
    ClientLoop nextLoop();

    /**
     * The way to a server, for one engine connection.
     *
     * @param loop the one that {@link #nextLoop()} gave for this connection
     */
    ClientNetwork network(ClientLoop loop, Endpoint endpoint, ClientOptions options);

    /** Runs listeners. */
    Executor listeners();

    /** Completes futures and asks for {@code auth}; never waits for a listener. */
    Executor completions();

    /** From 0 to 1, without 1. */
    double random();

    /** For the expiry of cookies. */
    long currentTimeMillis();

    /**
     * Refuses to block a thread that does I/O.
     *
     * @throws IllegalStateException on such a thread
     */
    void checkMayBlock();

    /** How many network connections are held. */
    int openChannels();

    /** Ends what the environment owns, after connections had time for their farewell. Again gives the same future. */
    CompletableFuture<Void> end();
}
