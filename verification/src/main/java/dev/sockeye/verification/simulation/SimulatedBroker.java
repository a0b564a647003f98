package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The network between the servers of a run: messages between two servers arrive in order, delayed, and not at all during a partition. */
final class SimulatedBroker {

    /** The effect of a message on the model of a server, applied when it arrives there. */
    interface Meaning {
        void at(Node node);
    }

    /** An event is delivered to the sockets of a server. */
    record Emitted(Ledger ledger, Emission emission) implements Meaning {
        @Override
        public void at(Node node) {
            ledger.emitted(node, emission);
        }
    }

    private record Letter(ClusterMessage message, @Nullable Meaning meaning) {}

    private static final long SECOND = 1_000_000_000L;
    /** More than the timeout and the interval of heartbeats. */
    private static final long FORGOTTEN = 17 * SECOND;

    private final Simulation simulation;
    private final Dice dice;
    private final Plan plan;
    private final ServerSideEvents serverSide;
    private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
    private final Map<Long, Pipe> pipes = new HashMap<>();
    private final Map<Long, Long> apartUntil = new HashMap<>();
    private final Ledger ledger;
    private final List<LogEndpoint> logEndpoints = new ArrayList<>();
    private final Set<Node> readers = new HashSet<>();
    /** With connection state recovery. */
    private final @Nullable SimulatedLog log;

    private @Nullable Meaning meaning;
    private long changedUntil;
    private long brokenUntil = -FORGOTTEN;

    SimulatedBroker(Simulation simulation, Plan plan, ServerSideEvents serverSide, Ledger ledger) {
        this.serverSide = serverSide;
        this.ledger = ledger;
        this.log = plan.logged ? new SimulatedLog(simulation, plan) : null;
        this.simulation = simulation;
        this.dice = simulation.dice.split();
        this.plan = plan;
    }

    /**
     * Runs an action that sends messages to all servers. Messages that the log keeps take effect when they are read from it, others
     * take effect immediately on the server that sends them.
     */
    void sending(Node node, boolean kept, Meaning what, Runnable action) {
        if (log == null || !kept) {
            what.at(node);
        }
        Meaning before = meaning;
        meaning = what;
        try {
            action.run();
        } finally {
            meaning = before;
        }
    }

    ClusterTransport transport(Node node, AdapterNamespace namespace) {
        Endpoint requests = new Endpoint(node, namespace.name());
        if (log == null) {
            return requests;
        }
        if (readers.add(node)) {
            node.delivered(log.connect(node, entry -> read(node, entry)));
        }
        logEndpoints.removeIf(
                endpoint -> endpoint.node() == node && endpoint.namespace().equals(namespace.name()));
        LogEndpoint made = new LogEndpoint(simulation, this, log, node, namespace.name(), requests);
        logEndpoints.add(made);
        return made;
    }

    private void read(Node node, SimulatedLog.Entry entry) {
        for (LogEndpoint endpoint : List.copyOf(logEndpoints)) {
            if (endpoint.node() == node
                    && endpoint.namespace().equals(entry.message().namespace())) {
                endpoint.onEntry(entry);
            }
        }
        node.delivered(entry.number());
    }

    Ledger ledger() {
        return ledger;
    }

    @Nullable
    Meaning meaning() {
        return meaning;
    }

    /** The endpoint of a server that runs. */
    @Nullable
    LogEndpoint endpoint(String uid) {
        return logEndpoints.stream()
                .filter(endpoint -> endpoint.is(uid))
                .findFirst()
                .orElse(null);
    }

    /** Checks that nothing is left of a server that was closed. */
    void checkEmpty(Node node) {
        for (LogEndpoint endpoint : logEndpoints) {
            if (endpoint.node() == node) {
                simulation.check(
                        endpoint.followed().isEmpty(),
                        node.name + " is closed and follows "
                                + endpoint.followed().size() + " sessions");
                for (SimulatedLog.Kept kept : endpoint.held()) {
                    simulation.fail(node.name + " is closed and holds the session of "
                            + ledger.name(kept.session().sid()) + " in the broker, "
                            + (kept.isTaken() ? "taken" : "live"));
                }
            }
        }
    }

    /** Checks that only the sessions of connected sockets are kept up to date. */
    void checkFollowed() {
        for (LogEndpoint endpoint : logEndpoints) {
            Set<String> connected = new HashSet<>();
            ledger.connected(endpoint.node(), endpoint.namespace()).forEach(member -> connected.add(member.id));
            simulation.check(
                    endpoint.followed().equals(connected),
                    endpoint.node().name + " follows " + endpoint.followed().size() + " sessions in "
                            + endpoint.namespace() + " and has " + connected.size() + " sockets");
        }
    }

    /** The servers of the cluster change. */
    void changed() {
        changedUntil = Math.max(changedUntil, simulation.now());
    }

    /** Some servers do not answer up to this time; without a broker that counts them, others may forget them or wait for them. */
    void brokenUntil(long time) {
        changedUntil = Math.max(changedUntil, time);
        brokenUntil = Math.max(brokenUntil, time);
    }

    /** Whether all servers could answer a request that was sent at this time and ends now. */
    boolean steady(long since, String namespace) {
        return !namespace.startsWith("/dyn")
                && since > changedUntil + SECOND
                && (plan.counting || since > brokenUntil + FORGOTTEN);
    }

    /** Disconnects two servers from each other for some time, in one or both directions. With a log, one of them reads late. */
    void part(Node one, Node other, long nanos) {
        SimulatedLog kept = log;
        if (kept != null) {
            kept.lag(one, true);
            simulation.after(nanos, "reads on", () -> kept.lag(one, false));
            return;
        }
        brokenUntil(simulation.now() + nanos);
        apartUntil.put(pair(one, other), simulation.now() + nanos);
        if (dice.permille(700)) {
            apartUntil.put(pair(other, one), simulation.now() + nanos);
        }
    }

    void heal() {
        apartUntil.clear();
        if (log != null) {
            log.heal();
        }
    }

    void killed(Node node) {
        endpoints.values().forEach(all -> all.removeIf(endpoint -> endpoint.node == node));
        if (log != null) {
            log.killed(node);
            logEndpoints.removeIf(endpoint -> endpoint.node() == node);
        }
    }

    private static long pair(Node from, Node to) {
        return (long) from.id << 32 | to.id;
    }

    private void send(Endpoint from, Endpoint to, Letter letter) {
        long pair = pair(from.node, to.node);
        if (apartUntil.getOrDefault(pair, 0L) > simulation.now()) {
            return;
        }
        carry(from.node, to.node, () -> to.receive(letter));
    }

    /** Runs an action on another server, after those that were sent to it before. */
    void carry(Node from, Node to, Runnable action) {
        Pipe pipe = pipes.computeIfAbsent(pair(from, to), key -> {
            Pipe made = new Pipe(simulation, "between servers", plan.latency / 4, plan.jitter / 4);
            made.receiver(arrival -> ((Runnable) arrival).run());
            return made;
        });
        pipe.send((Runnable) () -> to.arrive(action), 1);
    }

    private final class Endpoint implements ClusterTransport {
        private final Node node;
        private final String namespace;
        private @Nullable Receiver receiver;

        Endpoint(Node node, String namespace) {
            this.node = node;
            this.namespace = namespace;
        }

        private List<Endpoint> all() {
            return endpoints.computeIfAbsent(namespace, key -> new ArrayList<>());
        }

        @Override
        public CompletableFuture<Void> start(Receiver to) {
            CompletableFuture<Void> started = new CompletableFuture<>();
            receiver = to;
            if (!all().contains(this)) {
                all().add(this);
            }
            simulation.after(dice.between(0, plan.latency), "broker starts", () -> {
                if (!node.dead()) {
                    started.complete(null);
                }
            });
            return started;
        }

        @Override
        public CompletableFuture<Void> close() {
            all().remove(this);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
            Meaning said = meaning;
            if (!node.dead()) {
                if (message instanceof ClusterMessage.ServerSideEmit emit) {
                    serverSide.published(node, namespace, number(emit));
                }
                for (Endpoint other : List.copyOf(all())) {
                    if (other != this) {
                        send(this, other, new Letter(message, said));
                    }
                }
            }
            local.accept(null);
        }

        @Override
        public void respond(String requesterUid, ClusterMessage.Response response) {
            for (Endpoint other : List.copyOf(all())) {
                Receiver to = other.receiver;
                if (to != null && to.uid().equals(requesterUid) && !node.dead()) {
                    send(this, other, new Letter(response, null));
                }
            }
        }

        private static int number(ClusterMessage.ServerSideEmit emit) {
            Integer number = emit.args().get(0, Integer.class);
            return number == null ? -1 : number;
        }

        @Override
        public boolean supportsServerCount() {
            return plan.counting;
        }

        @Override
        public CompletableFuture<Integer> serverCount() {
            CompletableFuture<Integer> count = new CompletableFuture<>();
            simulation.after(dice.between(0, plan.latency), "broker counts", () -> {
                if (!node.dead()) {
                    count.complete(Math.max(1, all().size()));
                }
            });
            return count;
        }

        private void receive(Letter letter) {
            Receiver to = receiver;
            if (to == null || node.dead() || !all().contains(this)) {
                return;
            }
            Meaning said = letter.meaning;
            if (said != null) {
                said.at(node);
            }
            if (letter.message instanceof ClusterMessage.ServerSideEmit emit) {
                serverSide.arrived(node, namespace, number(emit));
            }
            simulation.as(this, () -> to.onMessage(letter.message, null));
        }
    }
}
