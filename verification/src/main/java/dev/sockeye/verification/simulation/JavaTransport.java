package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.ClientTransport;
import dev.sockeye.socketio.client.transport.HttpConnection;
import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The network of a Sockeye client in the simulation: one loop, and connections to the simulated servers. */
final class JavaTransport implements ClientTransport {

    /** The user of one connection. */
    interface Use {
        void cut();
    }

    final World world;
    final Simulation simulation;
    final String name;
    final String address;
    final SimulatedLoop loop;
    private final Set<Use> open = new HashSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean closing;
    private int opened;

    private final ClientLoop clientLoop = new ClientLoop() {
        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }

        @Override
        public Timer schedule(Runnable task, long delay, TimeUnit unit) {
            return loop.schedule(task, Duration.ofNanos(unit.toNanos(delay)))::cancel;
        }
    };

    JavaTransport(World world, String name, String address, ProcessClock clock) {
        this.world = world;
        this.simulation = world.simulation;
        this.name = name;
        this.address = address;
        this.loop = new SimulatedLoop(simulation, clock, name + "/loop");
    }

    @Override
    public ClientLoop nextLoop() {
        return clientLoop;
    }

    @Override
    public ClientNetwork network(ClientLoop of, NetworkOptions options, Executor blocking) {
        Node node = world.nodeFor(dice());
        return new ClientNetwork() {
            @Override
            public HttpConnection http(int maxBytes, long timeoutMillis) {
                return new JavaHttp(JavaTransport.this, node, timeoutMillis);
            }

            @Override
            public MessageConnection webSocket(MessageConnection.Listener listener) {
                return new JavaWebSocket(JavaTransport.this, node, listener);
            }
        };
    }

    private Dice dice() {
        return simulation.dice;
    }

    static Exception noServer() {
        return new ConnectException("no server accepts connections");
    }

    /** Opens a connection, which must be given back with {@link #closed}. */
    Connection connect(Use use, String what) {
        open.add(use);
        return world.network.connect(name + "/" + opened++ + what);
    }

    void closed(Use use) {
        open.remove(use);
        endIfIdle();
    }

    private void endIfIdle() {
        if (closing && open.isEmpty()) {
            ended.complete(null);
        }
    }

    @Override
    public boolean inLoop() {
        return loop.inLoop();
    }

    @Override
    public int openConnections() {
        return open.size();
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (!closing) {
            closing = true;
            endIfIdle();
            @Nullable
            Object unused = ended.isDone()
                    ? null
                    : simulation.after(
                            2_000_000_000L, "cut", () -> Set.copyOf(open).forEach(Use::cut));
        }
        return ended.copy();
    }
}
