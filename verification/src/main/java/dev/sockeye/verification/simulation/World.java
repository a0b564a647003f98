package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One run: servers, clients, network, faults, and checks. */
final class World {
    private static final long SECOND = 1_000_000_000L;
    /** After this time without faults, everything must be in the expected state. */
    private static final long SETTLING = 40 * SECOND;

    /** A single event may be larger than the limit of the queue. */
    private static final long LARGEST = 40_200;

    final Simulation simulation;
    final Plan plan;
    final Network network;
    final Ledger ledger;
    private final Dice dice;
    private final List<Node> nodes = new ArrayList<>();
    final SimulatedBroker broker;
    private int started;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();
    private boolean calm;

    World(Simulation simulation) {
        this.simulation = simulation;
        this.plan = new Plan(simulation.dice.split());
        this.dice = simulation.dice.split();
        this.network = new Network(simulation, plan);
        this.ledger = new Ledger(simulation);
        this.broker = new SimulatedBroker(simulation, plan);
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
        for (int i = 0; i < plan.faults; i++) {
            simulation.after(dice.between(0, plan.length.toNanos()), "fault", this::fault);
        }
        simulation.after(SECOND / 10, "checks", this::checkOften);
        simulation.after(plan.length.toNanos(), "calm", this::calm);
    }

    private void startNode() {
        Node node = new Node(simulation, started++, plan, broker, options());
        simulation.trace(node.name, "starts");
        nodes.add(node);
        Application application = new Application(this, node);
        simulation.after(dice.between(0, SECOND), "server acts", () -> act(application));
    }

    private void kill(Node node) {
        simulation.trace(node.name, "is killed");
        nodes.remove(node);
        node.kill();
        broker.killed(node);
        ledger.killed(node);
        simulation.after(dice.between(0, 3 * SECOND), "restart", this::startNode);
    }

    private SocketIoServerOptions.Builder options() {
        SocketIoServerOptions.Builder options = SocketIoServerOptions.builder()
                .pingInterval(plan.pingInterval)
                .pingTimeout(plan.pingTimeout)
                .connectTimeout(Duration.ofSeconds(5))
                .mailboxCapacity(plan.mailboxCapacity)
                .maxOutboundBytes(plan.maxOutboundBytes)
                .maxConnections(plan.maxConnections)
                .cleanupEmptyChildNamespaces(true)
                .serveClient(false);
        if (plan.recovery) {
            options.connectionStateRecovery(true);
        }
        return options;
    }

    List<String> namespaces() {
        return namespaces;
    }

    /** The namespaces that exist on a server. */
    List<String> liveNamespaces(Node node) {
        return List.copyOf(node.io.namespaces().keySet());
    }

    @Nullable
    Node nodeFor(SimulatedClient client) {
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
            application.actFromOutside();
            simulation.after(dice.between(1_000_000, 500_000_000), "server acts", () -> act(application));
        }
    }

    private void fault() {
        List<Connection> open = network.open();
        switch (dice.below(plan.nodes > 1 ? 10 : 8)) {
            case 0, 1 -> {
                if (!open.isEmpty()) {
                    simulation.trace("network", "a connection is cut");
                    dice.choose(open).cut();
                }
            }
            case 2 -> {
                if (!open.isEmpty()) {
                    simulation.trace("network", "a connection is half-open");
                    dice.choose(open).silence();
                }
            }
            case 3 -> {
                if (!open.isEmpty()) {
                    Connection connection = dice.choose(open);
                    simulation.trace("network", "a connection stalls");
                    connection.stall(true);
                    simulation.after(dice.between(0, 6 * SECOND), "goes on", () -> connection.stall(false));
                }
            }
            case 4 -> {
                if (!open.isEmpty()) {
                    Connection connection = dice.choose(open);
                    simulation.trace("network", "a client reads slowly");
                    connection.down.slow(dice.between(10_000_000, 300_000_000));
                    simulation.after(dice.between(0, 6 * SECOND), "reads on", () -> connection.down.slow(0));
                }
            }
            case 5 -> {
                Node node = dice.choose(nodes);
                simulation.trace(node.name, "a loop pauses");
                node.loop().stall(dice.between(0, SECOND));
            }
            case 6 -> {
                Node node = dice.choose(nodes);
                SimulatedExecutor executor = node.executor();
                if (executor != null && plan.refusals > 0) {
                    simulation.trace(node.name, "the handler pool refuses tasks");
                    executor.refusing(true);
                    simulation.after(dice.between(0, 2 * SECOND), "takes tasks", () -> executor.refusing(false));
                }
            }
            case 8 -> {
                Node one = nodes.get(0);
                Node other = nodes.get(nodes.size() - 1);
                simulation.trace("network", one.name + " and " + other.name + " are apart");
                broker.part(one, other, dice.between(0, 12 * SECOND));
            }
            case 9 -> {
                if (nodes.size() > 1) {
                    kill(dice.choose(nodes));
                }
            }
            default -> {
                SimulatedClient client = dice.choose(clients);
                ClientSession session = client.session();
                if (session != null) {
                    simulation.trace(client.name, "vanishes");
                    session.close(false);
                }
            }
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
        for (Node node : nodes) {
            SimulatedExecutor executor = node.executor();
            if (executor != null) {
                executor.refusing(false);
            }
        }
        simulation.after(SETTLING, "settled", this::settled);
    }

    private void settled() {
        checkNow();
        ledger.checkQuestions();
        for (SimulatedClient client : clients) {
            ClientSession session = client.session();
            simulation.check(session != null && session.open(), client.name + " has not come back");
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
        int sessions = 0;
        for (Node node : nodes) {
            sessions += node.io.engine().clientsCount();
            for (EngineSocket session : node.io.engine().clients()) {
                simulation.check(
                        session.bufferedBytes() == 0, "a quiet session buffers " + session.bufferedBytes() + " bytes");
            }
        }
        simulation.check(sessions == clients.size(), sessions + " sessions for " + clients.size() + " clients");
        nodes.forEach(this::checkFetch);
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
            simulation.after(2 * plan.pingInterval.toNanos() + 30 * SECOND, "close", this::close);
        } else {
            close();
            clients.forEach(client -> client.leave(orderly));
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
