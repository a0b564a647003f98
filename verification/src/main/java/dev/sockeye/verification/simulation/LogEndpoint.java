package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A namespace of a server that is connected to the log. Requests and answers take the same way as without it. */
final class LogEndpoint implements ClusterTransport {
    private static final long SOON = 20_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final int MOST_LOOKS = 100;
    private static final String OFFSET = "log.";

    /** Compared by its supplier, of which there is one for each socket. */
    private record Followed(String sid, Supplier<Session> session) {}

    private final Simulation simulation;
    private final SimulatedBroker broker;
    private final SimulatedLog log;
    private final Node node;
    private final String namespace;
    private final ClusterTransport requests;
    private final Map<Long, Consumer<@Nullable String>> mine = new LinkedHashMap<>();
    private final Map<Long, Consumer<@Nullable String>> onTheWay = new LinkedHashMap<>();
    private final Map<String, Followed> followed = new HashMap<>();
    private final Set<Followed> dirty = new LinkedHashSet<>();
    private @Nullable Receiver receiver;
    private boolean open;
    private boolean flushing;
    private long sent;

    LogEndpoint(
            Simulation simulation,
            SimulatedBroker broker,
            SimulatedLog log,
            Node node,
            String namespace,
            ClusterTransport requests) {
        this.simulation = simulation;
        this.broker = broker;
        this.log = log;
        this.node = node;
        this.namespace = namespace;
        this.requests = requests;
    }

    private Receiver receiver() {
        Receiver given = receiver;
        if (given == null) {
            throw new IllegalStateException("not started");
        }
        return given;
    }

    private String uid() {
        return receiver().uid();
    }

    boolean isOf(Node other) {
        return node == other;
    }

    Node node() {
        return node;
    }

    String namespace() {
        return namespace;
    }

    boolean is(String uid) {
        return receiver != null && uid().equals(uid);
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        open = true;
        return requests.start(given);
    }

    @Override
    public CompletableFuture<Void> close() {
        open = false;
        List<Consumer<@Nullable String>> left = new java.util.ArrayList<>(mine.values());
        left.addAll(onTheWay.values());
        mine.clear();
        onTheWay.clear();
        left.forEach(local -> local.accept(null));
        return requests.close();
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        if (!open || !isKept(message)) {
            requests.publish(message, local);
            return;
        }
        long number = ++sent;
        onTheWay.put(number, local);
        log.append(node, uid(), message, broker.meaning(), position -> {
            Consumer<@Nullable String> waiting = onTheWay.remove(number);
            if (waiting != null) {
                mine.put(position, waiting);
            }
        });
    }

    static boolean isKept(ClusterMessage message) {
        return (message instanceof ClusterMessage.Broadcast && message.requestId() == null)
                || message instanceof ClusterMessage.SocketsJoin
                || message instanceof ClusterMessage.SocketsLeave
                || message instanceof ClusterMessage.DisconnectSockets;
    }

    /** An entry of this namespace has arrived. */
    void onEntry(SimulatedLog.Entry entry) {
        Consumer<@Nullable String> local = mine.remove(entry.number());
        if (!open || receiver == null) {
            return;
        }
        SimulatedBroker.Meaning meaning = entry.meaning();
        broker.ledger().delivered(node, namespace, entry.number());
        if (meaning != null && (local != null || !entry.uid().equals(uid()))) {
            meaning.at(node);
        }
        simulation.as(this, () -> {
            if (local != null) {
                local.accept(offset(entry.number()));
            } else {
                receiver().onMessage(entry.message(), offset(entry.number()));
            }
        });
    }

    @Override
    public void respond(String requesterUid, ClusterMessage.Response response) {
        requests.respond(requesterUid, response);
    }

    @Override
    public boolean supportsServerCount() {
        return requests.supportsServerCount();
    }

    @Override
    public CompletableFuture<Integer> serverCount() {
        return requests.serverCount();
    }

    // sessions

    @Override
    public void followSession(String sid, Supplier<Session> session, Duration keep) {
        Followed made = new Followed(sid, session);
        followed.put(sid, made);
        mark(made);
    }

    @Override
    public void sessionChanged(String sid) {
        Followed its = followed.get(sid);
        if (its != null) {
            mark(its);
        }
    }

    private void mark(Followed its) {
        dirty.add(its);
        if (!flushing) {
            flushing = true;
            node.schedule(this::flush, Duration.ofNanos(SOON));
        }
    }

    private void flush() {
        flushing = false;
        for (Followed its : List.copyOf(dirty)) {
            write(its.session.get(), uid(), Long.MAX_VALUE / 2);
        }
        dirty.clear();
    }

    private void write(Session session, String holder, long keep) {
        Session copy = new Session(
                session.sid(),
                session.pid(),
                Set.copyOf(session.rooms()),
                Map.copyOf(session.data()),
                session.startOffset());
        Followed its = followed.get(session.sid()); // the client may return with the same id before the answer
        log.write(node, uid(), copy, holder, keep, () -> {
            if (its != null && its.equals(followed.get(session.sid()))) {
                taken(session.sid());
            }
        });
    }

    /** The client of a socket has moved to another server. */
    private void taken(String sid) {
        simulation.trace(node.name, "a client has moved to another server");
        broker.ledger().moved(sid);
        end(sid);
        LocalSocket socket = receiver().namespace().socket(sid);
        if (socket != null) {
            socket.moved();
        }
    }

    private boolean end(String sid) {
        Followed its = followed.remove(sid);
        if (its != null) {
            dirty.remove(its);
        }
        return its != null;
    }

    @Override
    public void forgetSession(String sid, String pid) {
        if (end(sid)) {
            log.delete(node, uid(), pid);
        }
    }

    @Override
    public void persistSession(Session session, Duration keep) {
        end(session.sid());
        write(session, SimulatedLog.NOBODY, keep.toNanos());
    }

    @Override
    public CompletableFuture<@Nullable Session> takeSession(String pid) {
        return takeSession(pid, "");
    }

    @Override
    public CompletableFuture<@Nullable Session> takeSession(String pid, String deadTaker) {
        return log.take(node, uid(), pid, deadTaker).thenCompose(kept -> {
            if (kept == null) {
                return CompletableFuture.<@Nullable Session>completedFuture(null);
            }
            Session session = kept.session();
            String holder = kept.holder();
            LogEndpoint former = holder.equals(uid()) ? null : broker.endpoint(holder);
            if (former == null) {
                return CompletableFuture.<@Nullable Session>completedFuture(session);
            }
            CompletableFuture<Boolean> gone = new CompletableFuture<>();
            AtomicBoolean answers = new AtomicBoolean();
            awaitAnswer(former.node, answers, gone);
            broker.carry(node, former.node, () -> {
                answers.set(true);
                former.release(
                        session.sid(), MOST_LOOKS, free -> broker.carry(former.node, node, () -> gone.complete(free)));
            });
            return gone.thenApply(free -> {
                if (!free) {
                    dropSession(session);
                }
                return free ? session : null;
            });
        });
    }

    /** A holder that does not answer, or is killed or paused before it has released the socket, is considered dead. */
    private void awaitAnswer(Node holder, AtomicBoolean answers, CompletableFuture<Boolean> gone) {
        simulation.after(
                SECOND,
                "the holder answers",
                () -> node.arrive(() -> {
                    if (!answers.get() || holder.dead() || holder.paused()) {
                        gone.complete(true);
                    } else if (!gone.isDone()) {
                        awaitAnswer(holder, answers, gone);
                    }
                }));
    }

    private void release(String sid, int looks, Consumer<Boolean> free) {
        if (!open || receiver().namespace().socket(sid) == null) {
            free.accept(true);
            return;
        }
        if (looks == MOST_LOOKS) {
            simulation.as(this, () -> taken(sid));
        }
        if (looks == 0) {
            free.accept(false);
        } else {
            node.schedule(() -> release(sid, looks - 1, free), Duration.ofNanos(SOON));
        }
    }

    @Override
    public CompletableFuture<Boolean> keepSession(Session session) {
        return log.keep(node, uid(), session.pid());
    }

    @Override
    public void dropSession(Session session) {
        log.delete(node, uid(), session.pid());
    }

    // offsets

    @Override
    public CompletableFuture<Boolean> readAfter(String offset, BiConsumer<String, ClusterMessage> reader) {
        return log.readAfter(node, number(offset), namespace, (at, message) -> reader.accept(offset(at), message));
    }

    private static String offset(long number) {
        return OFFSET + number;
    }

    private static long number(String offset) {
        return Long.parseLong(offset.substring(OFFSET.length()));
    }

    @Override
    public boolean isOffset(String text) {
        return text.matches("log\\.\\d{1,18}");
    }

    @Override
    public int compareOffsets(String one, String other) {
        return Long.compare(number(one), number(other));
    }

    @Override
    public String startOffset() {
        return offset(node.delivered());
    }

    // checks

    /** The ids of the sockets whose sessions are kept up to date. */
    Set<String> followed() {
        return followed.keySet();
    }

    /** The sessions that the broker has in the name of this server. */
    List<SimulatedLog.Kept> held() {
        return receiver == null ? List.of() : log.heldBy(uid());
    }
}
