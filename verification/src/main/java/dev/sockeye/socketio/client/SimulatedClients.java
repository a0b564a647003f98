package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;

/**
 * Creates clients that run on a simulation: its loop and clock, its network, its random numbers. No thread is started. In this
 * package because the client's environment is package-private.
 */
public final class SimulatedClients {

    /** Connects clients to servers. */
    @FunctionalInterface
    public interface Network {
        /**
         * Called once for each engine connection.
         *
         * @param loop the loop of the connection; callbacks of the network must run on it
         * @param origin scheme, host and port, such as {@code http://node-1:80}
         */
        ClientNetwork connect(ClientLoop loop, String origin);
    }

    private SimulatedClients() {}

    /**
     * Creates a client.
     *
     * @param loop the loop of all its connections
     * @param executor runs listeners, completes futures, requests {@code auth}
     * @param random returns numbers from 0 (inclusive) to 1 (exclusive)
     */
    public static SocketIoClient create(ClientLoop loop, Network network, Executor executor, DoubleSupplier random) {
        return new SocketIoClient(new ClientEnvironment() {
            @Override
            public ClientLoop nextLoop() {
                return loop;
            }

            @Override
            public ClientNetwork network(ClientLoop of, NetworkOptions options) {
                return network.connect(of, options.server().origin());
            }

            @Override
            public Executor listeners() {
                return executor;
            }

            @Override
            public Executor completions() {
                return executor;
            }

            @Override
            public double random() {
                return random.getAsDouble();
            }

            @Override
            public long currentTimeMillis() {
                return loop.nanoTime() / 1_000_000;
            }

            @Override
            public void checkMayBlock() {
                throw new IllegalStateException("a simulation has one thread, which cannot wait");
            }

            @Override
            public int openChannels() {
                return 0;
            }

            @Override
            public CompletableFuture<Void> end() {
                return CompletableFuture.completedFuture(null);
            }
        });
    }

    /** The number of managers that a client holds; 0 if none was leaked. */
    public static int held(SocketIoClient client) {
        return client.heldForTests();
    }
}
