package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;

/**
 * Makes clients that run on a simulation: its loop and clock, its network, its random numbers. No thread is started. In this
 * package because the client's environment is package-private.
 */
public final class SimulatedClients {

    /** The way from a client to a server. */
    @FunctionalInterface
    public interface Network {
        /**
         * Called once for each engine connection.
         *
         * @param loop where the connection lives; callbacks of the network must run there
         * @param origin scheme, host and port, as {@code http://node-1:80}
         */
        ClientNetwork connect(ClientLoop loop, String origin);
    }

    private SimulatedClients() {}

    /**
     * A client.
     *
     * @param loop of all its connections
     * @param executor runs listeners, completes futures, asks for {@code auth}
     * @param random from 0 to 1, without 1
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

    /** How many managers a client holds; 0 when nothing was left behind. */
    public static int held(SocketIoClient client) {
        return client.heldForTests();
    }
}
