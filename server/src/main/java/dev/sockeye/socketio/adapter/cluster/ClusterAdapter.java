package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The adapter of a server in a cluster. Works over any broker that has a {@link ClusterTransport}. Official
 * counterpart: {@code ClusterAdapter} and {@code ClusterAdapterWithHeartbeat} of {@code socket.io-adapter}.
 *
 * <p>Sockets of this server are reached even if the broker is unavailable. A request that is not answered by all
 * servers in time fails with a {@link ClusterTimeoutException}, which has the answers that were received and the ids of
 * the servers that did not answer.
 */
public final class ClusterAdapter implements Adapter {
    private static final Logger LOG = System.getLogger(ClusterAdapter.class.getName());
    private static final Duration SWEEP = Duration.ofSeconds(1);

    private final AdapterNamespace namespace;
    private final InMemoryAdapter rooms;
    private final ClusterTransport transport;
    private final TransportLife life;
    private final ClusterOptions options;
    private final String uid;
    private final ClusterNodes nodes = new ClusterNodes();
    private final ClusterRequests requests;
    private final ClusterInbox inbox;
    private final ClusterRecovery recovery;
    private final ServerSideOrder serverSide = new ServerSideOrder();
    private EngineLoop.@Nullable Timer heartbeat;
    private EngineLoop.@Nullable Timer sweeper;
    private boolean open;
    private volatile CompletableFuture<Void> started = CompletableFuture.completedFuture(null);

    /** An adapter for a namespace. */
    public ClusterAdapter(AdapterNamespace namespace, ClusterTransport transport, ClusterOptions options) {
        this.namespace = namespace;
        this.rooms = new InMemoryAdapter(namespace);
        this.transport = transport;
        this.life = new TransportLife(transport);
        this.options = options;
        this.uid = randomId();
        this.requests = new ClusterRequests(namespace, nodes, transport::supportsServerCount);
        this.inbox = new ClusterInbox(this, namespace, rooms, requests);
        this.recovery = new ClusterRecovery(namespace, rooms, transport);
    }

    private String randomId() {
        return HexFormat.of().toHexDigits(namespace.randomBits());
    }

    /** The id of this server in the cluster: 16 hexadecimal digits. */
    public String uid() {
        return uid;
    }

    /** The ids of the other servers that this server has received messages from, without those known to be gone. */
    public Set<String> knownServers() {
        return nodes.names();
    }

    /** The health of the connection to the other servers. */
    public ClusterHealth health() {
        ClusterHealth health = transport.health();
        return new ClusterHealth(
                health.connected(),
                health.problem(),
                health.waiting(),
                health.lost(),
                health.refused() + inbox.refused());
    }

    @Override
    public CompletableFuture<Void> init() {
        synchronized (this) {
            open = true;
        }
        CompletableFuture<Void> starting = life.start(inbox);
        started = starting;
        return starting.thenRun(() -> {
            long now = namespace.nanoTime();
            synchronized (this) {
                if (!open) {
                    return;
                }
                if (!transport.supportsServerCount() && sweeper == null) {
                    nodes.begin(now);
                    sweeper = namespace.schedule(this::sweep, SWEEP);
                }
            }
            if (beatLater()) {
                announce(new ClusterMessage.InitialHeartbeat(uid, namespace.name()));
            }
        });
    }

    @Override
    public CompletableFuture<Void> close() {
        synchronized (this) {
            open = false;
            if (heartbeat != null) {
                heartbeat.cancel();
                heartbeat = null;
            }
            if (sweeper != null) {
                sweeper.cancel();
                sweeper = null;
            }
        }
        announce(new ClusterMessage.AdapterClose(uid, namespace.name()));
        requests.close();
        nodes.clear();
        recovery.close();
        return life.close();
    }

    /** Returns whether the adapter is open. */
    private synchronized boolean beatLater() {
        if (open && !transport.supportsServerCount()) {
            if (heartbeat != null) {
                heartbeat.cancel();
            }
            heartbeat = namespace.schedule(this::beat, options.heartbeatInterval());
        }
        return open;
    }

    void beat() {
        if (beatLater()) {
            announce(new ClusterMessage.Heartbeat(uid, namespace.name()));
        }
    }

    /** Sends a message about this server. An error of the transport must not end the heartbeats. */
    private void announce(ClusterMessage message) {
        try {
            publish(message);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the other servers were not told about this one", e);
        }
    }

    private void sweep() {
        synchronized (this) {
            if (!open) {
                return;
            }
            sweeper = namespace.schedule(this::sweep, SWEEP);
        }
        nodes.sweep(namespace.nanoTime(), SWEEP, options.heartbeatTimeout()).forEach(requests::gone);
    }

    /** @param started whether the server announces that it has started */
    void seen(String server, boolean started) {
        nodes.seen(server, namespace.nanoTime(), started);
    }

    void gone(String server) {
        nodes.closed(server, namespace.nanoTime());
        requests.gone(server);
    }

    private void publish(ClusterMessage message) {
        transport.publish(message, offset -> {});
    }

    void respond(String requester, ClusterMessage.Response response) {
        transport.respond(requester, response);
    }

    ClusterRecovery recovery() {
        return recovery;
    }

    @Override
    public CompletableFuture<Integer> serverCount() {
        return (transport.supportsServerCount() ? counted() : answeringServers()).exceptionally(error -> 1);
    }

    @Override
    public CompletableFuture<Integer> answeringServers() {
        try {
            return transport.supportsServerCount()
                    ? transport.serverCount()
                    : CompletableFuture.completedFuture(1 + nodes.size());
        } catch (RuntimeException e) { // later events wait for the number
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Futures of the application depend on it, so it completes on the executor for them, not on a thread of the broker's client. */
    private CompletableFuture<Integer> counted() {
        return answeringServers().whenCompleteAsync((count, error) -> {}, namespace.executor());
    }

    @Override
    public void broadcast(SocketPacket.Event packet, BroadcastOptions to) {
        if (to.flags().local()) {
            rooms.broadcast(packet, to);
            return;
        }
        ClusterMessage.Broadcast message = message(packet, to, null);
        transport.publish(message, offset -> deliver(message, offset));
    }

    /** The arguments are encoded once by the parser of the server, for the other servers and for the local sockets. */
    private ClusterMessage.Broadcast message(
            SocketPacket.Event packet, BroadcastOptions to, @Nullable String requestId) {
        SocketPacket.Event fixed = rooms.fix(packet);
        return new ClusterMessage.Broadcast(uid, namespace.name(), fixed.name(), fixed.args(), to, requestId);
    }

    /** Sends an event to the sockets of this server. */
    void deliver(ClusterMessage.Broadcast message, @Nullable String offset) {
        if (namespace.recovery() != null) {
            recovery.deliver(message, offset);
        } else {
            rooms.broadcast(
                    new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, message.event(), message.args()),
                    message.to());
        }
    }

    @Override
    public Runnable broadcastWithAck(
            SocketPacket.Event packet, BroadcastOptions to, IntConsumer clientCount, Consumer<Arguments> ack) {
        if (to.flags().local()) {
            return rooms.broadcastWithAck(packet, to, clientCount, ack);
        }
        String requestId = randomId();
        Duration given = to.flags().timeout();
        BroadcastOptions limited = given != null
                ? to
                : new BroadcastOptions(to.rooms(), to.except(), to.flags().withTimeout(options.requestsTimeout()));
        ClusterMessage.Broadcast message = message(packet, limited, requestId);
        requests.expectAcks(requestId, new ClusterRequests.Acks(clientCount, ack));
        AtomicReference<@Nullable Runnable> here = new AtomicReference<>();
        Runnable end = () -> {
            requests.forget(requestId);
            Runnable forget = here.getAndSet(() -> {});
            if (forget != null) {
                forget.run();
            }
        };
        ClusterRequests.guarded(
                end,
                () -> transport.publish(message, offset -> {
                    Runnable forget = rooms.broadcastWithAck(
                            new SocketPacket.Event(
                                    namespace.name(), SocketPacket.NO_ID, message.event(), message.args()),
                            to,
                            clientCount,
                            ack);
                    if (!here.compareAndSet(null, forget)) {
                        forget.run();
                    }
                }));
        return end;
    }

    @Override
    public CompletableFuture<List<SocketDetails>> fetchSockets(BroadcastOptions to) {
        CompletableFuture<List<SocketDetails>> own = rooms.fetchSockets(to);
        if (to.flags().local()) {
            return own;
        }
        Duration given = to.flags().timeout();
        Duration timeout = given == null ? options.requestsTimeout() : given;
        return own.thenCompose(found -> others(found, List.of()).thenCompose(others -> {
            if (others <= 0) {
                return CompletableFuture.completedFuture(found);
            }
            String requestId = randomId();
            var request = requests.expect(requestId, true, others, found, timeout);
            requests.guarded(
                    requestId, () -> publish(new ClusterMessage.FetchSockets(uid, namespace.name(), to, requestId)));
            return request.future();
        }));
    }

    /** The number of other servers. Fails with the locally known results if the broker is unavailable. */
    private CompletableFuture<Integer> others(List<SocketDetails> found, List<Arguments> answers) {
        if (!transport.supportsServerCount()) {
            return CompletableFuture.completedFuture(nodes.size());
        }
        return counted().handle((count, error) -> {
            if (error != null) {
                Set<String> all = nodes.names();
                throw new ClusterTimeoutException(0, Math.max(1, all.size()), all, found, answers);
            }
            return count - 1;
        });
    }

    /** The rooms of all servers in the cluster. Official counterpart: {@code allRooms()} of the Redis adapter. */
    public CompletableFuture<Set<String>> allRooms() {
        return fetchSockets(BroadcastOptions.ALL).thenApply(sockets -> {
            Set<String> all = new LinkedHashSet<>();
            sockets.forEach(socket -> all.addAll(socket.rooms()));
            return all;
        });
    }

    @Override
    public void addSockets(BroadcastOptions to, Collection<String> names) {
        if (to.flags().local()) {
            rooms.addSockets(to, names);
            return;
        }
        ClusterMessage.SocketsJoin join =
                new ClusterMessage.SocketsJoin(uid, namespace.name(), to, new LinkedHashSet<>(names));
        transport.publish(join, offset -> {
            recovery.passed(offset, join);
            rooms.addSockets(to, join.rooms());
        });
    }

    @Override
    public void delSockets(BroadcastOptions to, Collection<String> names) {
        if (to.flags().local()) {
            rooms.delSockets(to, names);
            return;
        }
        ClusterMessage.SocketsLeave leave =
                new ClusterMessage.SocketsLeave(uid, namespace.name(), to, new LinkedHashSet<>(names));
        transport.publish(leave, offset -> {
            recovery.passed(offset, leave);
            rooms.delSockets(to, leave.rooms());
        });
    }

    @Override
    public void disconnectSockets(BroadcastOptions to, boolean close) {
        disconnectSockets(to, "", close);
    }

    @Override
    public void disconnectSockets(BroadcastOptions to, String reason, boolean close) {
        if (to.flags().local()) {
            rooms.disconnectSockets(to, reason, close);
            return;
        }
        ClusterMessage.DisconnectSockets disconnect =
                new ClusterMessage.DisconnectSockets(uid, namespace.name(), to, close, reason);
        transport.publish(disconnect, offset -> {
            recovery.passed(offset, disconnect);
            rooms.disconnectSockets(to, reason, close);
        });
    }

    @Override
    public void serverSideEmit(String event, Arguments args) {
        Arguments fixed = fix(event, args);
        serverSide.send(
                serverSide.take(),
                () -> publish(new ClusterMessage.ServerSideEmit(uid, namespace.name(), event, fixed, null)));
    }

    private Arguments fix(String event, Arguments args) {
        return rooms.fix(new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, event, args))
                .args();
    }

    @Override
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, Arguments args) {
        Arguments fixed = fix(event, args);
        ServerSideOrder.Place place;
        try {
            place = serverSide.take();
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
        return others(List.of(), List.of())
                .whenComplete((others, error) -> {
                    if (error != null || others <= 0) {
                        serverSide.send(place, () -> {});
                    }
                })
                .thenCompose(others -> {
                    if (others <= 0) {
                        return CompletableFuture.completedFuture(List.of());
                    }
                    String requestId = randomId();
                    var request =
                            requests.<Arguments>expect(requestId, false, others, List.of(), options.requestsTimeout());
                    serverSide.send(
                            place,
                            () -> publish(
                                    new ClusterMessage.ServerSideEmit(uid, namespace.name(), event, fixed, requestId)));
                    return request.future();
                });
    }

    @Override
    public void followSession(String sid, Supplier<Session> session) {
        Duration keep = namespace.recovery();
        if (keep != null) {
            transport.followSession(sid, session, keep);
        }
    }

    @Override
    public void forgetSession(String sid, String pid) {
        transport.forgetSession(sid, pid);
    }

    @Override
    public void persistSession(Session session) {
        Duration keep = namespace.recovery();
        if (keep != null) {
            transport.persistSession(session, keep);
        }
    }

    @Override
    public CompletableFuture<@Nullable RestoredSession> restoreSession(String pid, @Nullable String offset) {
        return recovery.restore(pid, offset, started);
    }

    @Override
    public @Nullable String currentOffset() {
        return recovery.currentOffset();
    }

    @Override
    public void addAll(String socketId, Collection<String> names) {
        rooms.addAll(socketId, names);
        transport.sessionChanged(socketId);
    }

    @Override
    public void del(String socketId, String room) {
        rooms.del(socketId, room);
        transport.sessionChanged(socketId);
    }

    @Override
    public void delAll(String socketId) {
        rooms.delAll(socketId);
    }

    /** The ids of the matching sockets of this server only, as in the official cluster adapters. */
    @Override
    public CompletableFuture<Set<String>> sockets(Set<String> names) {
        return rooms.sockets(names);
    }

    @Override
    public @Nullable Set<String> socketRooms(String socketId) {
        return rooms.socketRooms(socketId);
    }

    @Override
    public int roomCount(String socketId) {
        return rooms.roomCount(socketId);
    }

    @Override
    public Map<String, Set<String>> rooms() {
        return rooms.rooms();
    }

    @Override
    public void addRoomListener(RoomListener listener) {
        rooms.addRoomListener(listener);
    }

    @Override
    public void removeRoomListener(RoomListener listener) {
        rooms.removeRoomListener(listener);
    }

    /** The number of pending requests, for tests. */
    int pendingRequests() {
        return requests.size();
    }
}
