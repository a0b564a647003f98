package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.runtime.ByteBudget;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.simulation.ClientSession.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One run: servers, clients, network, faults, and checks. */
final class World {
    private static final long SECOND = 1_000_000_000L;
    /** After this time without faults, everything must be in the expected state. */
    private static final long SETTLING = 40 * SECOND;

    /** A server must be closed, and everything that belongs to it must have ended, after this time. */
    private static final long MOST_OF_A_CLOSE = 30 * SECOND;

    /** More than the way to the broker takes. */
    private static final long LONGEST_WRITE = SECOND / 5;

    /** A single event may be larger than the limit of the queue. */
    private static final long LARGEST = 40_200;

    final Simulation simulation;
    final Plan plan;
    final Network network;
    final Ledger ledger;
    private final Dice dice;
    private final List<Node> nodes = new ArrayList<>();
    private final Faults faults;
    final ServerSideEvents serverSide;
    final SimulatedBroker broker;
    final Fetches fetches;
    private int started;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<JavaClient> javaClients = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();
    private boolean calm;

    World(Simulation simulation) {
        this.simulation = simulation;
        this.plan = new Plan(simulation.dice.split());
        this.dice = simulation.dice.split();
        this.network = new Network(simulation, plan);
        this.ledger = new Ledger(simulation, plan);
        this.serverSide = new ServerSideEvents(simulation);
        this.broker = new SimulatedBroker(simulation, plan, serverSide, ledger);
        this.fetches = new Fetches(this);
        this.faults = new Faults(this);
        simulation.trace("plan", plan.toString());
        namespaces.add("/");
        namespaces.add("/chat");
        if (plan.dynamic) {
            namespaces.add("/dyn-1");
            namespaces.add("/dyn-2");
        }
        for (int i = 0; i < plan.nodes; i++) {
            startNode();
        }
        for (int i = 0; i < plan.clients; i++) {
            SimulatedClient client = new SimulatedClient(this, i, dice.choose(plan.ways));
            clients.add(client);
            client.sockets().values().forEach(socket -> socket.want(dice.permille(700)));
            simulation.after(dice.between(0, SECOND), "start", client::start);
            simulation.after(dice.between(0, SECOND), "client acts", () -> act(client));
        }
        for (int i = 0; i < plan.javaClients; i++) {
            startJava(plan.clients + i, 0, dice.choose(plan.ways), new AtomicInteger());
        }
        for (int i = 0; i < plan.faults; i++) {
            simulation.after(dice.between(0, plan.length.toNanos()), "fault", faults::happen);
        }
        simulation.after(SECOND / 10, "checks", this::checkOften);
        simulation.after(plan.length.toNanos(), "calm", this::calm);
    }

    private void startJava(int number, int generation, Way way, AtomicInteger attempts) {
        JavaClient client = new JavaClient(this, number, generation, way, attempts);
        javaClients.add(client);
        simulation.trace(client.name, "starts, " + way);
        client.sockets().values().iterator().next().want(true);
        simulation.after(dice.between(0, SECOND), "client acts", () -> act(client));
        if (!calm && dice.permille(200)) {
            simulation.after(dice.between(0, plan.length.toNanos()), "close", () -> {
                if (!calm) {
                    javaClients.remove(client);
                    var unused = client.close().whenComplete((none, error) -> {
                        simulation.check(error == null, "close() of " + client.name + " failed: " + error);
                        simulation.after(
                                dice.between(0, 2 * SECOND),
                                "start",
                                () -> startJava(number, generation + 1, way, attempts));
                    });
                }
            });
        }
    }

    private void act(JavaClient client) {
        if (!calm && javaClients.contains(client)) {
            client.act();
            simulation.after(dice.between(1_000_000, 400_000_000), "client acts", () -> act(client));
        }
    }

    private void startNode() {
        Node node = new Node(simulation, started++, plan, broker, options());
        simulation.trace(node.name, "starts");
        broker.changed();
        nodes.add(node);
        Application application = new Application(this, node);
        simulation.after(dice.between(0, SECOND), "server acts", () -> act(application));
    }

    void kill(Node node) {
        simulation.trace(node.name, "is killed");
        broker.brokenUntil(simulation.now());
        nodes.remove(node);
        node.kill();
        broker.killed(node);
        ledger.killed(node);
        serverSide.gone(node);
        simulation.after(dice.between(0, 3 * SECOND), "restart", this::startNode);
    }

    /** Closes or drains a server; afterwards it is opened again or replaced. */
    void shutDown(Node node) {
        boolean drains = dice.permille(500);
        simulation.trace(node.name, drains ? "is drained" : "is closed");
        nodes.remove(node);
        broker.brokenUntil(simulation.now() + MOST_OF_A_CLOSE);
        node.leaving(true);
        serverSide.gone(node);
        CompletableFuture<Void> end =
                drains ? node.io.drain(Duration.ofMillis(dice.between(0, 5_000))) : node.io.closeAsync();
        boolean opensAgain = dice.permille(400);
        simulation.after(
                MOST_OF_A_CLOSE,
                "closed in time",
                () -> simulation.check(end.isDone(), "close() of " + node.name + " has not ended"));
        var unused = end.whenComplete((none, error) -> {
            simulation.trace(node.name, "has ended");
            simulation.check(error == null, "close() of " + node.name + " failed: " + error);
            // what the server has written last reaches the broker before
            simulation.after(LONGEST_WRITE + dice.between(0, SECOND), "restart", () -> {
                if (!opensAgain) {
                    startNode();
                    simulation.after(MOST_OF_A_CLOSE, "nothing is left", () -> {
                        checkEmpty(node);
                        simulation.check(node.timers() == 0, node.name + " has left timers: " + node.clock());
                    });
                    return;
                }
                SimulatedExecutor executor = node.executor();
                if (executor == null
                        || executor.idleFor(LONGEST_WRITE)) { // handlers may block longer than a close waits
                    checkEmpty(node);
                }
                simulation.trace(node.name, "opens again");
                broker.brokenUntil(simulation.now());
                node.io.hostedEngine();
                node.leaving(false);
                nodes.add(node);
            });
        });
    }

    private SocketIoServerOptions.Builder options() {
        SocketIoServerOptions.Builder options = SocketIoServerOptions.builder()
                .pingInterval(plan.pingInterval)
                .pingTimeout(plan.pingTimeout)
                .connectTimeout(Duration.ofSeconds(5))
                .mailboxCapacity(plan.mailboxCapacity)
                .maxOutboundBytes(plan.maxOutboundBytes)
                .maxConnections(plan.maxConnections)
                .maxInboundBytes(plan.maxInboundBytes)
                .maxTotalInboundBytes(plan.maxTotalInboundBytes)
                .cleanupEmptyChildNamespaces(true)
                .serveClient(false);
        if (plan.recovery) {
            options.connectionStateRecovery(true);
        }
        return options;
    }

    /** The servers that run and accept clients. */
    List<Node> nodes() {
        return nodes;
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    List<String> namespaces() {
        return namespaces;
    }

    /** The namespaces that exist on a server. */
    List<String> liveNamespaces(Node node) {
        return List.copyOf(node.io.namespaces().keySet());
    }

    /** The server for a new connection; {@code null} if none runs. */
    @Nullable
    Node nodeFor(Dice dice) {
        List<Node> alive = nodes.stream().filter(node -> !node.dead()).toList();
        return alive.isEmpty() ? null : dice.choose(alive);
    }

    // actions

    private void act(SimulatedClient client) {
        if (calm) {
            return;
        }
        ClientSession session = client.session();
        ClientSocket socket = dice.choose(List.copyOf(client.sockets().values()));
        int chance = dice.below(100);
        if (chance < 60) {
            socket.emit(dice.permille(400), dice.below(30));
        } else if (chance < 70) {
            for (int i = dice.below(40); i >= 0; i--) {
                socket.emit(dice.permille(100), dice.below(30));
            }
        } else if (chance < 72) {
            socket.emit(dice.permille(500), (int) dice.between(1_000, 60_000));
        } else if (chance < 78) {
            socket.disconnect();
        } else if (chance < 95) {
            socket.want(true);
            if (session != null && session.open()) {
                socket.connect();
            }
        } else if (chance < 97 && session != null) {
            simulation.trace(client.name, "closes");
            session.close(dice.permille(500));
        }
        simulation.after(dice.between(1_000_000, 400_000_000), "client acts", () -> act(client));
    }

    private void act(Application application) {
        if (!calm && !application.node().dead()) {
            if (!application.node().leaving()) {
                application.actFromOutside();
            }
            simulation.after(dice.between(1_000_000, 500_000_000), "server acts", () -> act(application));
        }
    }

    // checks

    private void checkOften() {
        checkNow();
        if (!calm) {
            simulation.after(dice.between(10_000_000, 500_000_000), "checks", this::checkOften);
        }
    }

    /** Checks the invariants that hold at all times. */
    private void checkNow() {
        for (Node node : nodes) {
            if (node.dead()) {
                continue;
            }
            for (String namespace : liveNamespaces(node)) {
                ledger.checkRooms(node, namespace);
            }
            for (EngineSocket session : node.io.engine().clients()) {
                simulation.check(
                        session.bufferedBytes() <= Math.max(plan.maxOutboundBytes, LARGEST),
                        "a session buffers " + session.bufferedBytes() + " bytes, more than maxOutboundBytes");
                simulation.check(session.bufferedBytes() >= 0, "a session buffers a negative number of bytes");
            }
            long inbound = InboundBytes.most(node.io);
            simulation.check(
                    // a packet counts for at least 64 bytes, and a body has many
                    inbound <= plan.maxInboundBytes + 4L * network.largest(),
                    "a session of " + node.name + " has " + inbound
                            + " bytes in its mailbox, more than maxInboundBytes");
            long all = InboundBytes.total(node.io);
            simulation.check(
                    all >= 0
                            && all
                                    <= plan.maxTotalInboundBytes
                                            + InboundBytes.ended(node.io)
                                            + (plan.clients + plan.javaClients)
                                                    * (4L * network.largest() + ByteBudget.STEP),
                    "the mailboxes of " + node.name + " have " + all + " bytes, more than maxTotalInboundBytes");
            if (plan.maxConnections > 0) {
                simulation.check(
                        node.io.engine().clientsCount() <= plan.maxConnections,
                        node.io.engine().clientsCount() + " sessions, more than maxConnections");
            }
        }
    }

    /** Stops all faults and actions. */
    private void calm() {
        calm = true;
        simulation.trace("world", "is calm");
        network.heal();
        broker.heal();
        for (SimulatedClient client : clients) {
            ClientSocket main = client.sockets().values().iterator().next();
            main.want(true); // a session without a socket is closed
            ClientSession session = client.session();
            if (session != null && session.open()) {
                main.connect();
            }
        }
        for (JavaClient client : javaClients) {
            client.sockets().values().iterator().next().want(true);
        }
        for (Node node : nodes) {
            SimulatedExecutor executor = node.executor();
            if (executor != null) {
                executor.refusing(false);
            }
        }
        for (int i = 0; i < 2 * plan.nodes; i++) {
            simulation.after(dice.between(SETTLING / 2, SETTLING * 9 / 10), "fetch", () -> {
                Node node = dice.choose(nodes);
                String namespace = dice.permille(500) ? "/" : "/chat";
                Target target = Target.random(dice, ledger.connected(node, namespace), plan.nodes > 1);
                fetches.fetch(node, namespace, target, dice);
            });
        }
        simulation.after(SETTLING, "settled", this::settled);
    }

    private void settled() {
        checkNow();
        ledger.checkQuestions();
        serverSide.checkSettled();
        for (SimulatedClient client : clients) {
            ClientSession session = client.session();
            simulation.check(session != null && session.open(), client.name + " has not reconnected");
            for (ClientSocket socket : client.sockets().values()) {
                if (!socket.wanted()) {
                    continue;
                }
                String name = client.name + socket.namespace;
                simulation.check(socket.connected(), name + " is not connected");
                Stream stream = socket.stream();
                Member member = socket.member();
                if (stream != null && member != null) {
                    simulation.check(
                            member.state == Member.State.CONNECTED && member.socket.connected(),
                            name + " is connected, but not on the server");
                    simulation.check(stream.nextDue() == null, name + " has not got " + stream.nextDue());
                    simulation.check(
                            member.nextFromClient == socket.sent(),
                            name + " has sent " + socket.sent() + " events, and " + member.nextFromClient + " came");
                    simulation.check(
                            plan.throwing || socket.waitingForAcks() == 0,
                            name + " still waits for " + socket.waitingForAcks() + " acknowledgements");
                }
            }
        }
        javaClients.forEach(client -> client.sockets().values().forEach(JavaSocket::checkSettled));
        int sessions = 0;
        for (Node node : nodes) {
            sessions += node.io.engine().clientsCount();
            for (EngineSocket session : node.io.engine().clients()) {
                simulation.check(
                        session.bufferedBytes() == 0, "a quiet session buffers " + session.bufferedBytes() + " bytes");
            }
        }
        nodes.forEach(node -> simulation.check(
                InboundBytes.total(node.io) == 0, node.name + " is quiet and has bytes in its mailboxes"));
        simulation.check(
                sessions == clients.size() + javaClients.size(),
                sessions + " sessions for " + (clients.size() + javaClients.size()) + " clients");
        nodes.forEach(this::checkFetch);
        broker.checkFollowed();
        simulation.after(8 * SECOND, "leave", this::leave);
    }

    /** Checks that each server knows the sockets of all servers. */
    private void checkFetch(Node node) {
        Set<String> expected = new TreeSet<>();
        for (Member member : ledger.members()) {
            if (member.state == Member.State.CONNECTED && member.namespace.equals("/")) {
                expected.add(member.id);
            }
        }
        var fetched = node.io.fetchSockets();
        ledger.asked(node, 0, "fetchSockets of " + node.name, fetched);
        var unused = fetched.whenComplete((sockets, error) -> {
            if (error != null) {
                simulation.fail(new Failure("fetchSockets of " + node.name + " failed: " + error, error));
                return;
            }
            Set<String> found = new TreeSet<>();
            sockets.forEach(socket -> found.add(socket.id()));
            simulation.check(
                    found.equals(expected),
                    "fetchSockets of " + node.name + " gives " + found.size() + " sockets of " + expected.size());
        });
    }

    private void leave() {
        ledger.checkQuestions();
        boolean orderly = dice.permille(500);
        boolean first = dice.permille(500);
        simulation.trace("world", first ? "the clients leave" : "the servers close");
        if (first) {
            clients.forEach(client -> client.leave(orderly));
            javaClients.forEach(JavaClient::leave);
            simulation.after(2 * plan.pingInterval.toNanos() + 30 * SECOND, "close", this::close);
        } else {
            close();
            clients.forEach(client -> client.leave(orderly));
            javaClients.forEach(JavaClient::leave);
        }
    }

    private void close() {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (Node node : nodes) {
            ends.add(node.io.closeAsync());
        }
        simulation.after(60 * SECOND, "closed", () -> {
            for (int i = 0; i < nodes.size(); i++) {
                Node node = nodes.get(i);
                simulation.check(ends.get(i).isDone(), "close() of " + node.name + " has not ended");
                simulation.check(!ends.get(i).isCompletedExceptionally(), "close() of " + node.name + " has failed");
                checkEmpty(node);
            }
        });
        simulation.mustEndBefore(simulation.now() + 600 * SECOND);
    }

    private void checkEmpty(Node node) {
        simulation.check(node.io.engine().clientsCount() == 0, "a closed server has sessions");
        simulation.check(InboundBytes.total(node.io) == 0, "a closed server has bytes in its mailboxes");
        broker.checkEmpty(node);
        node.io.namespaces().forEach((name, namespace) -> {
            simulation.check(namespace.sockets().isEmpty(), name + " of a closed server has sockets");
            simulation.check(
                    namespace.adapter().rooms().isEmpty(),
                    name + " of a closed server has rooms: "
                            + namespace.adapter().rooms().keySet());
        });
        for (Member member : ledger.members()) {
            simulation.check(
                    member.node != node || member.state == Member.State.PENDING, member + " was never told of its end");
        }
    }
}
