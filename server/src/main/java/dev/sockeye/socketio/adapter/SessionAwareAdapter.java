package dev.sockeye.socketio.adapter;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Rooms in memory, and besides the events and sessions of the last minutes, so that a client that comes back gets what it has
 * missed. Official counterpart: {@code SessionAwareAdapter}.
 *
 * <p>An event that is neither volatile nor asks for an answer gets one more argument, its offset, and is kept under each room
 * it was sent to. Keeping and sending are one step for each namespace, so that offsets reach a client in their order.
 */
public final class SessionAwareAdapter implements Adapter {

    /**
     * How much is kept.
     *
     * @param maxDisconnectionDuration how long sessions are kept
     * @param unsure how long before a disconnection an event may have been lost: ping interval and timeout
     * @param packetsPerRoom how many events for each room
     * @param packets how many events in all
     * @param sessions how many sessions
     */
    public record Bounds(
            Duration maxDisconnectionDuration, Duration unsure, int packetsPerRoom, int packets, int sessions) {}

    private record Kept(Session session, long disconnectedAt) {}

    private static final Duration SWEEP = Duration.ofSeconds(60);

    private final AdapterNamespace namespace;
    private final InMemoryAdapter rooms;
    private final Bounds bounds;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final ReplayBuffer buffer;

    @GuardedBy("lock")
    private final Map<String, Kept> sessions = new LinkedHashMap<>();

    @GuardedBy("lock")
    private EngineLoop.@Nullable Timer sweeper;

    /** An adapter for a namespace. */
    public SessionAwareAdapter(AdapterNamespace namespace, Bounds bounds) {
        this.namespace = namespace;
        this.bounds = bounds;
        this.rooms = new InMemoryAdapter(namespace);
        this.buffer = new ReplayBuffer(bounds.packetsPerRoom(), bounds.packets());
    }

    /** Stops the clock; sessions and events stay, for a server that is started again. */
    @Override
    public CompletableFuture<Void> close() {
        lock.lock();
        try {
            if (sweeper != null) {
                sweeper.cancel();
                sweeper = null;
            }
        } finally {
            lock.unlock();
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void broadcast(SocketPacket.Event packet, BroadcastOptions options) {
        if (packet.id() != SocketPacket.NO_ID || options.flags().onlyWritable()) {
            rooms.broadcast(packet, options);
            return;
        }
        List<LocalSocket> watching;
        SocketPacket.Event kept;
        lock.lock();
        try {
            String offset = buffer.nextOffset();
            kept = new SocketPacket.Event(
                    namespace.name(),
                    SocketPacket.NO_ID,
                    packet.name(),
                    packet.args().plus(offset));
            watching = rooms.write(kept, options);
            buffer.add(kept, options.rooms(), options.except(), namespace.nanoTime());
            sweepLater();
        } finally {
            lock.unlock();
        }
        InMemoryAdapter.notifyOutgoing(kept, watching);
    }

    @Override
    public void persistSession(Session session) {
        lock.lock();
        try {
            sessions.remove(session.pid());
            sessions.put(session.pid(), new Kept(session, namespace.nanoTime()));
            if (sessions.size() > bounds.sessions()) {
                Iterator<Kept> oldest = sessions.values().iterator();
                oldest.next();
                oldest.remove();
            }
            sweepLater();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<@Nullable RestoredSession> restoreSession(String pid, @Nullable String offset) {
        lock.lock();
        try {
            Kept kept = sessions.get(pid);
            if (kept == null) {
                return none();
            }
            if (namespace.nanoTime() - kept.disconnectedAt
                    > bounds.maxDisconnectionDuration().toNanos()) {
                sessions.remove(pid);
                return none();
            }
            String from = offset == null ? kept.session.startOffset() : offset;
            if (from == null || buffer.after(from, kept.session.rooms()) == null) {
                return none();
            }
            return CompletableFuture.completedFuture(new Restored(kept, from));
        } finally {
            lock.unlock();
        }
    }

    private static CompletableFuture<@Nullable RestoredSession> none() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public String currentOffset() {
        lock.lock();
        try {
            return buffer.currentOffset();
        } finally {
            lock.unlock();
        }
    }

    private final class Restored implements RestoredSession {
        private final Session session;
        private final long since;
        private final String from;

        Restored(Kept kept, String from) {
            this.session = kept.session;
            this.since = kept.disconnectedAt;
            this.from = from;
        }

        @Override
        public Session session() {
            return session;
        }

        @Override
        public void resume(Consumer<List<SocketPacket.Event>> deliver) {
            lock.lock();
            try {
                Kept kept = sessions.get(session.pid());
                if (kept != null && kept.disconnectedAt == since) {
                    sessions.remove(session.pid());
                }
                List<SocketPacket.Event> missed = buffer.after(from, session.rooms());
                deliver.accept(missed == null ? List.of() : missed);
            } finally {
                lock.unlock();
            }
        }
    }

    @GuardedBy("lock")
    private void sweepLater() {
        if (sweeper == null) {
            sweeper = namespace.schedule(this::sweep, SWEEP);
        }
    }

    private void sweep() {
        lock.lock();
        try {
            sweeper = null;
            long now = namespace.nanoTime();
            long keep = bounds.maxDisconnectionDuration().toNanos();
            sessions.values().removeIf(kept -> now - kept.disconnectedAt > keep);
            buffer.expire(now - keep - bounds.unsure().toNanos());
            if (!buffer.isEmpty() || !sessions.isEmpty()) {
                sweepLater();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Runnable broadcastWithAck(
            SocketPacket.Event packet, BroadcastOptions options, IntConsumer clientCount, Consumer<Arguments> ack) {
        return rooms.broadcastWithAck(packet, options, clientCount, ack);
    }

    @Override
    public void addAll(String socketId, Collection<String> names) {
        rooms.addAll(socketId, names);
    }

    @Override
    public void del(String socketId, String room) {
        rooms.del(socketId, room);
    }

    @Override
    public void delAll(String socketId) {
        rooms.delAll(socketId);
    }

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
    public CompletableFuture<List<SocketDetails>> fetchSockets(BroadcastOptions options) {
        return rooms.fetchSockets(options);
    }

    @Override
    public void addSockets(BroadcastOptions options, Collection<String> names) {
        rooms.addSockets(options, names);
    }

    @Override
    public void delSockets(BroadcastOptions options, Collection<String> names) {
        rooms.delSockets(options, names);
    }

    @Override
    public void disconnectSockets(BroadcastOptions options, boolean close) {
        rooms.disconnectSockets(options, close);
    }

    @Override
    public void serverSideEmit(String event, Arguments args) {
        rooms.serverSideEmit(event, args);
    }

    @Override
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, Arguments args) {
        return rooms.serverSideEmitWithAck(event, args);
    }

    @Override
    public void addRoomListener(RoomListener listener) {
        rooms.addRoomListener(listener);
    }

    @Override
    public void removeRoomListener(RoomListener listener) {
        rooms.removeRoomListener(listener);
    }
}
