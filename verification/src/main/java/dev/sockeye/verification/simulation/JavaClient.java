package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.ClientOptionsBuilder;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.verification.simulation.ClientSession.Way;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A user with Sockeye's own client, the real one, on simulated time, threads and network. */
final class JavaClient {
    private static final long SECOND = 1_000_000_000L;
    /** A client must be closed, with all its futures, after this time. */
    private static final long MOST_OF_A_CLOSE = 20 * SECOND;
    /** No event is given up. */
    private static final int MOST_RETRIES = 1_000;

    final int number;
    final String name;
    final World world;
    final Simulation simulation;
    final Dice dice;
    private final ProcessClock clock;
    private final SimulatedExecutor executor;
    private final JavaTransport transport;
    private final SocketIoClient io;
    private final Map<String, JavaSocket> sockets = new LinkedHashMap<>();
    /** The names of connection attempts, the same in each client with this number. */
    private final AtomicInteger attempts;

    private boolean closed;

    JavaClient(World world, int number, int generation, Way way, AtomicInteger attempts) {
        this.world = world;
        this.simulation = world.simulation;
        this.dice = simulation.dice.split();
        this.number = number;
        this.name = "java" + number + (generation == 0 ? "" : "." + generation);
        this.attempts = attempts;
        this.clock = new ProcessClock(simulation);
        int threads = world.plan.threads == 0 ? 1 : world.plan.threads;
        this.executor = new SimulatedExecutor(simulation, name + "/pool", threads, 0);
        this.transport = new JavaTransport(world, name, "10.0.0." + number, clock);
        this.io =
                SocketIoClient.builder().executor(executor).transport(transport).build();
        ClientOptionsBuilder builder = ClientOptions.builder()
                .transports(
                        way == Way.WEBSOCKET
                                ? new TransportName[] {TransportName.WEBSOCKET}
                                : new TransportName[] {TransportName.POLLING, TransportName.WEBSOCKET})
                .upgrade(way == Way.UPGRADE)
                .randomizationFactor(0)
                .reconnectionDelay(Duration.ofMillis(dice.between(50, 1_000)))
                .reconnectionDelayMax(Duration.ofSeconds(2))
                .timeout(Duration.ofSeconds(6))
                .autoConnect(false);
        if (world.plan.retries) {
            builder.retries(MOST_RETRIES).ackTimeout(Duration.ofMillis(dice.between(500, 3_000)));
        }
        ClientOptions options = builder.build();
        for (String namespace : world.namespaces()) {
            JavaSocket made = new JavaSocket(this, namespace);
            sockets.put(namespace, made);
            made.start(io, options);
        }
    }

    Map<String, JavaSocket> sockets() {
        return sockets;
    }

    boolean closed() {
        return closed;
    }

    int nextAttempt() {
        return attempts.getAndIncrement();
    }

    void act() {
        JavaSocket socket = dice.choose(java.util.List.copyOf(sockets.values()));
        int chance = dice.below(100);
        if (chance < 60) {
            socket.emit();
        } else if (chance < 70) {
            for (int i = dice.below(40); i >= 0; i--) {
                socket.emit();
            }
        } else if (chance < 75) {
            socket.want(false);
        } else if (chance < 95) {
            socket.want(true);
        } else if (chance < 97) {
            simulation.trace(name, "loses its network");
            io.networkLost();
            simulation.after(dice.between(0, SECOND), "network", () -> {
                if (!closed) {
                    io.networkAvailable();
                }
            });
        } else if (chance < 98) {
            simulation.trace(name, "its clock jumps");
            clock.jump(dice.between(1, 100) * SECOND);
        }
    }

    /** Leaves permanently. */
    void leave() {
        var unused = close();
    }

    /** Closes the client and checks that nothing of it is left. */
    CompletableFuture<Void> close() {
        closed = true;
        simulation.trace(name, "is closed");
        CompletableFuture<Void> end = io.closeAsync();
        simulation.after(MOST_OF_A_CLOSE, name + " is closed", () -> {
            simulation.check(end.isDone(), "close() of " + name + " has not ended");
            simulation.check(transport.openConnections() == 0, name + " is closed and has connections");
            simulation.check(clock.timers() == 0, name + " is closed and has timers: " + clock);
            sockets.values().forEach(JavaSocket::checkQuestions);
        });
        return end;
    }
}
