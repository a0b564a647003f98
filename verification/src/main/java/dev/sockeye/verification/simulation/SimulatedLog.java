package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.SessionBusyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A broker that keeps the messages of all servers in one order, together with the sessions of their clients, as Redis streams,
 * Kafka and the PostgreSQL log do. What a server sends to it arrives in order, and what it sends to a server too.
 */
final class SimulatedLog {
    /** A holder that only marks a session whose client is disconnected. */
    static final String NOBODY = "";

    private static final String TAKING = "taking ";

    /** An entry of the log. */
    record Entry(long number, String uid, ClusterMessage message, SimulatedBroker.@Nullable Meaning meaning) {}

    /** A stored session, and the server that holds it. */
    record Kept(Session session, String holder, long until) {
        boolean isTaken() {
            return holder.startsWith(TAKING);
        }
    }

    /** A server that reads the log. */
    interface Reader {
        void onEntry(Entry entry);
    }

    private final Simulation simulation;
    private final Dice dice;
    private final Plan plan;
    private final Map<Node, Pipe> up = new HashMap<>();
    private final Map<Node, Pipe> down = new HashMap<>();
    private final Map<Node, Reader> readers = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Kept> sessions = new HashMap<>();
    private long last;
    private long first = 1;
    private int takings;

    SimulatedLog(Simulation simulation, Plan plan) {
        this.simulation = simulation;
        this.dice = simulation.dice.split();
        this.plan = plan;
    }

    /** Connects a server; it reads everything that is appended from now on. Returns the last position. */
    long connect(Node node, Reader reader) {
        readers.put(node, reader);
        up.put(node, pipe(node, arrival -> ((Runnable) arrival).run()));
        down.put(node, pipe(node, arrival -> node.arrive(() -> reader.onEntry((Entry) arrival))));
        return last;
    }

    private Pipe pipe(Node node, java.util.function.Consumer<Object> receiver) {
        Pipe made = new Pipe(simulation, node.name + " and the log", plan.latency / 4, plan.jitter / 4);
        made.receiver(receiver);
        return made;
    }

    void killed(Node node) {
        readers.remove(node);
        close(up.remove(node));
        close(down.remove(node));
    }

    private static void close(@Nullable Pipe pipe) {
        if (pipe != null) {
            pipe.close();
        }
    }

    /** Stops and resumes the delivery of entries to a server. */
    void lag(Node node, boolean on) {
        Pipe pipe = down.get(node);
        if (pipe != null) {
            pipe.stall(on);
        }
    }

    void heal() {
        down.values().forEach(pipe -> pipe.stall(false));
    }

    private void deliver(Node node, Runnable what) {
        Pipe pipe = up.get(node);
        if (pipe != null) {
            pipe.send(what, 1);
        }
    }

    // entries

    /** @param appended receives the position when the broker has stored the entry */
    void append(
            Node node,
            String uid,
            ClusterMessage message,
            SimulatedBroker.@Nullable Meaning meaning,
            LongConsumer appended) {
        deliver(node, () -> {
            Entry entry = new Entry(++last, uid, message, meaning);
            entries.add(entry);
            if (entries.size() > plan.logSize) {
                entries.remove(0);
                first++;
            }
            if (meaning instanceof SimulatedBroker.Emitted emitted) {
                emitted.ledger().stored(emitted.emission(), last);
            }
            appended.accept(last);
            down.values().forEach(pipe -> pipe.send(entry, 1));
        });
    }

    /** Reads the entries of a namespace after a position, at a later time. */
    CompletableFuture<Boolean> readAfter(
            Node node, long from, String namespace, BiConsumer<Long, ClusterMessage> reader) {
        CompletableFuture<Boolean> complete = new CompletableFuture<>();
        simulation.after(dice.between(0, plan.latency), "broker reads", () -> {
            if (from > last || from + 1 < first) {
                answer(node, () -> complete.complete(false));
                return;
            }
            List<Entry> missed = entries.stream()
                    .filter(entry ->
                            entry.number > from && entry.message.namespace().equals(namespace))
                    .toList();
            answer(node, () -> {
                missed.forEach(entry -> reader.accept(entry.number, entry.message));
                complete.complete(true);
            });
        });
        return complete;
    }

    private void answer(Node node, Runnable what) {
        simulation.after(dice.between(0, plan.latency), "broker answers", () -> node.arrive(what));
    }

    // sessions

    /** Stores a session unless another server holds it. */
    void write(Node node, String uid, Session session, String holder, long keep, Runnable lost) {
        deliver(node, () -> {
            Kept kept = kept(session.pid());
            if (kept == null || isOf(kept, uid)) {
                sessions.put(session.pid(), new Kept(session, holder, simulation.now() + keep));
            } else {
                answer(node, lost);
            }
        });
    }

    void delete(Node node, String uid, String pid) {
        deliver(node, () -> {
            Kept kept = kept(pid);
            if (kept != null && isOf(kept, uid)) {
                sessions.remove(pid);
            }
        });
    }

    /** Takes a session, even from a server that is taking it if that is considered dead; the result names its former holder. */
    CompletableFuture<@Nullable Kept> take(Node node, String uid, String pid, String deadTaker) {
        CompletableFuture<@Nullable Kept> taken = new CompletableFuture<>();
        deliver(node, () -> {
            Kept kept = kept(pid);
            if (kept != null && kept.holder.startsWith(TAKING) && !isOf(kept, uid) && !kept.holder.equals(deadTaker)) {
                simulation.trace("broker", "a session is being taken by another server");
                answer(node, () -> taken.completeExceptionally(new SessionBusyException(kept.holder)));
                return;
            }
            if (kept != null) {
                if (kept.holder.startsWith(TAKING) && kept.holder.equals(deadTaker)) {
                    simulation.trace("broker", "a session is taken from a dead server that was taking it");
                }
                sessions.put(pid, new Kept(kept.session, taking(uid), kept.until));
            }
            answer(node, () -> taken.complete(kept));
        });
        return taken;
    }

    /** Confirms that a server is still taking a session; completes with false if another server has it. */
    CompletableFuture<Boolean> keep(Node node, String uid, String pid) {
        CompletableFuture<Boolean> confirmed = new CompletableFuture<>();
        deliver(node, () -> {
            Kept kept = kept(pid);
            boolean mine = kept != null && kept.holder.startsWith(TAKING + uid);
            if (kept != null && mine) {
                sessions.put(pid, new Kept(kept.session, taking(uid), kept.until));
            }
            answer(node, () -> confirmed.complete(mine));
        });
        return confirmed;
    }

    private String taking(String uid) {
        return TAKING + uid + ' ' + ++takings;
    }

    /** Whether a server holds a session, or is taking it. */
    private static boolean isOf(Kept kept, String uid) {
        return kept.holder.equals(uid) || kept.holder.startsWith(TAKING + uid);
    }

    private @Nullable Kept kept(String pid) {
        Kept kept = sessions.get(pid);
        return kept == null || kept.until < simulation.now() ? null : kept;
    }

    /** The sessions that are stored as held by this server, or as being taken by it. */
    List<Kept> heldBy(String uid) {
        return sessions.values().stream().filter(kept -> isOf(kept, uid)).toList();
    }
}
