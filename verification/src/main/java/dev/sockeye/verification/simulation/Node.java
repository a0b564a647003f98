package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A server process: loops, handler threads, timer, and its side of the network. */
final class Node {
    final Simulation simulation;
    final String name;
    /** A unique id for each process; it changes with a restart. */
    final int id;

    final SocketIoServer io;
    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final @Nullable SimulatedExecutor executor;
    private final HostedEngine engine;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final ProcessClock clock;
    private boolean dead;
    private boolean leaving;
    private long delivered;
    private long pausedUntil;
    private final ArrayDeque<Runnable> inbox = new ArrayDeque<>();

    Node(Simulation simulation, int id, Plan plan, SimulatedBroker broker, SocketIoServerOptions.Builder options) {
        this.simulation = simulation;
        this.id = id;
        this.name = "node" + id;
        this.clock = new ProcessClock(simulation);
        for (int i = 0; i < plan.loops; i++) {
            loops.add(new SimulatedLoop(simulation, clock, name + "/loop" + i));
        }
        if (plan.threads == 0) {
            executor = null;
            options.execution(HandlerExecution.eventLoop());
        } else {
            executor = new SimulatedExecutor(simulation, name + "/pool", plan.threads, plan.refusals);
            options.execution(HandlerExecution.pool(executor));
        }
        options.engine(
                engine -> engine.generateId(request -> CompletableFuture.completedFuture(simulation.randomId())));
        if (plan.nodes > 1) {
            options.adapter(namespace ->
                    new ClusterAdapter(namespace, broker.transport(this, namespace), ClusterOptions.defaults()));
        }
        Seams.timer(
                options, clock::nanoTime, this::schedule, simulation::randomId, new Dice(simulation.seed() + id)::next);
        io = SocketIoServer.create(options.build());
        engine = io.hostedEngine();
    }

    EngineLoop.Timer schedule(Runnable task, Duration delay) {
        return clock.schedule(delay.toNanos(), name + " timer", () -> {
            if (!dead) {
                simulation.as(this, task);
            }
        });
    }

    /** Whether the server is being closed, or is closed. */
    boolean leaving() {
        return leaving;
    }

    void leaving(boolean on) {
        leaving = on;
    }

    /** The position in the log of the broker up to which everything was delivered. */
    long delivered() {
        return delivered;
    }

    void delivered(long position) {
        delivered = position;
    }

    /** A message of the broker or of another server has arrived. */
    void arrive(Runnable what) {
        if (dead) {
            return;
        }
        if (simulation.now() < pausedUntil || !inbox.isEmpty()) {
            inbox.add(what);
        } else {
            what.run();
        }
    }

    /** Stops the whole process for some time: loops, handlers that have not begun, timers, and what arrives. */
    void pause(long nanos) {
        if (simulation.now() < pausedUntil) {
            return;
        }
        pausedUntil = simulation.now() + nanos;
        loops.forEach(loop -> loop.stall(nanos));
        clock.freeze(pausedUntil);
        if (executor != null) {
            executor.pause(pausedUntil);
        }
        simulation.at(pausedUntil, name + " wakes", this::wake);
    }

    private void wake() {
        while (!dead && !inbox.isEmpty()) {
            inbox.poll().run();
        }
    }

    boolean paused() {
        return simulation.now() < pausedUntil;
    }

    /** Whether the process has stood still within the last seconds. */
    boolean stoodStill() {
        return pausedUntil > 0 && simulation.now() < pausedUntil + 3_000_000_000L;
    }

    ProcessClock clock() {
        return clock;
    }

    /** The timers of the server and its loops. */
    int timers() {
        return clock.timers();
    }

    boolean dead() {
        return dead;
    }

    @Nullable
    SimulatedExecutor executor() {
        return executor;
    }

    List<SimulatedLoop> loops() {
        return loops;
    }

    SimulatedLoop loop() {
        return simulation.dice.choose(loops);
    }

    /** Kills the process instantly. */
    void kill() {
        dead = true;
        clock.kill();
        loops.forEach(SimulatedLoop::kill);
        if (executor != null) {
            executor.kill();
        }
        List.copyOf(connections).forEach(Connection::cut);
        connections.clear();
    }

    /** A client requests a WebSocket; the receivers of its end of the connection are already set. */
    void webSocket(Connection connection, SimulatedRequest request) {
        SimulatedLoop loop = loop();
        begin(connection, loop, () -> engine.handleUpgrade(new ServerWebSocket(simulation, loop, connection, request)));
    }

    /** A client sends a polling request. */
    void http(Connection connection, SimulatedLoop loop, SimulatedRequest request, String body) {
        long late = simulation.dice.permille(100) ? simulation.dice.between(1_000_000, 400_000_000) : 0;
        begin(
                connection,
                loop,
                () -> engine.handle(new ServerExchange(
                        simulation, loop, connection, request, body.getBytes(StandardCharsets.UTF_8), late)));
    }

    private void begin(Connection connection, SimulatedLoop loop, Runnable handle) {
        connections.removeIf(Connection::closed);
        connections.add(connection);
        connection.up.receiver(head -> {
            if (dead) {
                connection.cut();
            } else {
                loop.arrive(handle);
            }
        });
        connection.up.send("head", 300);
    }
}
