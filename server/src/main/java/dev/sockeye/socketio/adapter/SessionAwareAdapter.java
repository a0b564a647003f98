package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rooms in memory, together with the events and sessions of the last minutes, so that a returning client receives
 * the events that it has missed. Official counterpart: {@code SessionAwareAdapter}.
 *
 * <p>An event that is not volatile and expects no answer gets its offset as an additional last argument, and is stored
 * under each room it was sent to. Storing an event and choosing its receivers is one step, so that offsets reach a
 * client in order; see {@link BroadcastOrder}.
 */
public final class SessionAwareAdapter implements Adapter {

    /**
     * How many events and sessions are kept.
     *
     * @param maxDisconnectionDuration how long sessions are kept
     * @param unsure how long before a disconnection an event may have been lost: the sum of ping interval and ping
     *     timeout
     * @param packetsPerRoom the maximum number of events for each room
     * @param packets the maximum number of events in total
     * @param bytes the maximum size of all events in bytes
     * @param sessions the maximum number of sessions
     */
    public record Bounds(
            Duration maxDisconnectionDuration,
            Duration unsure,
            int packetsPerRoom,
            int packets,
            long bytes,
            int sessions) {}

    private record Kept(Session session, long disconnectedAt) {}

    /** The minimum number of bytes that a message counts for, as in the outbound limit of a session. */
    private static final long LEAST_BYTES = 64;

    private static final Duration SWEEP = Duration.ofSeconds(60);
    /** A sweep that is later than this means that the whole process stood still. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final AdapterNamespace namespace;
    private final InMemoryAdapter rooms;
    private final Bounds bounds;
    private final BroadcastOrder order = new BroadcastOrder();

    // guarded by the order

    private final ReplayBuffer buffer;
    private final Map<String, Kept> sessions = new LinkedHashMap<>();
    private EngineLoop.@Nullable Timer sweeper;
    /** Sockets whose handlers are stuck may leave after the close; a closed adapter has no timer. */
    private boolean closed;
    /** When the next sweep was scheduled. */
    private long sweepScheduled;
    /**
     * The last pause of the process. Clients that were lost in it are detected only after it, so what was sent to them shortly before it
     * is kept as long as if it had been sent at its end.
     */
    private @Nullable Pause pause;

    private record Pause(long start, long end) {}

    /** Whether a sweep is scheduled or being scheduled. Changed under the lock of the order, read without it. */
    private volatile boolean sweeping;

    /** Creates the adapter of a namespace. */
    public SessionAwareAdapter(AdapterNamespace namespace, Bounds bounds) {
        this.namespace = namespace;
        this.bounds = bounds;
        this.rooms = new InMemoryAdapter(namespace);
        this.buffer =
                new ReplayBuffer(namespace.randomBits(), bounds.packetsPerRoom(), bounds.packets(), bounds.bytes());
    }

    /** The order of its broadcasts, for tests. */
    BroadcastOrder order() {
        return order;
    }

    /** Continues the sweep for the sessions and events from before a restart. */
    @Override
    public CompletableFuture<Void> init() {
        order.locked(() -> {
            closed = false;
            return null;
        });
        sweepLater();
        return CompletableFuture.completedFuture(null);
    }

    /** Stops the sweep; sessions and events are kept for a restart of the server. */
    @Override
    public CompletableFuture<Void> close() {
        EngineLoop.Timer running = order.locked(() -> {
            EngineLoop.Timer now = sweeper;
            closed = true;
            sweeper = null;
            sweeping = false;
            return now;
        });
        if (running != null) {
            running.cancel();
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void broadcast(SocketPacket.Event packet, BroadcastOptions options) {
        if (packet.id() != SocketPacket.NO_ID || options.flags().onlyWritable()) {
            rooms.broadcast(packet, options);
            return;
        }
        SocketPacket.Event fixed = rooms.fix(packet);
        order.broadcast(() -> {
            SocketPacket.Event kept = new SocketPacket.Event(
                    namespace.name(),
                    SocketPacket.NO_ID,
                    fixed.name(),
                    fixed.args().plus(buffer.nextOffset()));
            EncodedPacket encoded = namespace.parser().encode(kept);
            buffer.add(encoded, options.rooms(), options.except(), namespace.nanoTime());
            return rooms.stage(kept, encoded, options);
        });
        sweepLater();
    }

    @Override
    public void persistSession(Session session) {
        order.locked(() -> {
            sessions.remove(session.pid());
            sessions.put(session.pid(), new Kept(session, namespace.nanoTime()));
            if (sessions.size() > bounds.sessions()) {
                Iterator<Kept> oldest = sessions.values().iterator();
                oldest.next();
                oldest.remove();
            }
            return null;
        });
        sweepLater();
    }

    @Override
    public CompletableFuture<@Nullable RestoredSession> restoreSession(String pid, @Nullable String offset) {
        return CompletableFuture.completedFuture(order.locked(() -> {
            Kept kept = sessions.get(pid);
            if (kept == null) {
                return null;
            }
            if (namespace.nanoTime() - kept.disconnectedAt
                    > bounds.maxDisconnectionDuration().toNanos()) {
                sessions.remove(pid);
                return null;
            }
            String from = offset == null ? kept.session.startOffset() : offset;
            List<EncodedPacket> missed = from == null ? null : buffer.after(from, kept.session.rooms());
            return from == null || missed == null || bytes(missed) > namespace.maxMissedBytes()
                    ? null
                    : new Restored(kept, from);
        }));
    }

    private static long bytes(List<EncodedPacket> packets) {
        long bytes = 0;
        for (EncodedPacket packet : packets) {
            bytes += Math.max(packet.size(), LEAST_BYTES);
        }
        return bytes;
    }

    @Override
    public String currentOffset() {
        return order.locked(buffer::currentOffset);
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
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            order.run(loop, () -> {
                Kept kept = sessions.get(session.pid());
                if (kept != null && kept.disconnectedAt == since) {
                    sessions.remove(session.pid());
                }
                List<EncodedPacket> missed = buffer.after(from, session.rooms());
                if (missed == null) {
                    throw new IllegalStateException("events that the client has missed were dropped in the meantime");
                }
                admit.run();
                return () -> write.accept(missed);
            });
        }
    }

    private void sweepLater() {
        if (sweeping) {
            return;
        }
        boolean begin = order.locked(() -> {
            boolean first = !closed && !sweeping && (!buffer.isEmpty() || !sessions.isEmpty());
            sweeping |= first;
            if (first) {
                sweepScheduled = namespace.nanoTime();
            }
            return first;
        });
        if (begin) {
            EngineLoop.Timer timer = namespace.schedule(this::sweep, SWEEP);
            boolean stopped = order.locked(() -> {
                sweeper = sweeping ? timer : null;
                return !sweeping;
            });
            if (stopped) {
                timer.cancel();
            }
        }
    }

    private void sweep() {
        order.locked(() -> {
            sweeping = false;
            sweeper = null;
            long now = namespace.nanoTime();
            long keep = bounds.maxDisconnectionDuration().toNanos();
            sessions.values().removeIf(kept -> now - kept.disconnectedAt > keep);
            buffer.expire(expiry(now));
            return null;
        });
        sweepLater();
    }

    /** Events that were sent before this time have reached every client that may still return. */
    private long expiry(long now) {
        long unsure = bounds.unsure().toNanos();
        long keep = bounds.maxDisconnectionDuration().toNanos() + unsure;
        Pause last = pause;
        if (now - sweepScheduled > SWEEP.plus(PAUSE).toNanos()) {
            // clients that were lost in a pause shortly before may not be detected yet
            last = new Pause(last != null && sweepScheduled - last.end <= keep ? last.start : sweepScheduled, now);
        } else if (last != null && now - last.end > keep) {
            last = null;
        }
        pause = last;
        long before = now - keep;
        return last == null || before - (last.start - unsure) < 0 ? before : last.start - unsure;
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
    public void disconnectSockets(BroadcastOptions options, String reason, boolean close) {
        rooms.disconnectSockets(options, reason, close);
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
