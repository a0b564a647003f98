package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.BroadcastOrder;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Connection state recovery with a broker that stores messages in a total order.
 *
 * <p>The events that a returning client has missed are read from the broker, while the events delivered locally in the
 * meantime are recorded. When the client is admitted, both are joined at a fixed offset, so that it receives each event
 * exactly once.
 */
final class ClusterRecovery {
    /** The fixed overhead of an event in bytes, in addition to its arguments. */
    private static final int OVERHEAD = 200;

    /** How long a recovery may take. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /**
     * How long the broker may take to give the session: as long as a client waits for a connection by default. The time includes
     * what waits before it in this server, so a shorter limit makes a busy server lose sessions that it could have restored. Once
     * the session is taken, only {@link #LONGEST} ends the recovery.
     */
    private static final Duration TAKE_TIMEOUT = Duration.ofSeconds(20);

    /** How often it is checked whether this server has delivered the events that the client already has, up to 10 seconds. */
    private static final Duration BEHIND_PAUSE = Duration.ofMillis(20);

    private static final int BEHIND_CHECKS = 500;

    private record Missed(String offset, SocketPacket.Event event, BroadcastOptions to) {
        long bytes() {
            return event.args().retainedBytes() + OVERHEAD;
        }
    }

    /** The missed events, as long as they are within the byte limit. */
    private static final class MissedEvents {
        private final List<Missed> events = new ArrayList<>();
        private final long mostBytes;
        private long bytes;

        MissedEvents(long mostBytes) {
            this.mostBytes = mostBytes;
        }

        boolean isOver() {
            return bytes > mostBytes;
        }

        void add(Missed one) {
            if (isOver()) {
                return;
            }
            bytes += one.bytes();
            if (isOver()) {
                events.clear();
            } else {
                events.add(one);
            }
        }

        void keepOnly(Predicate<Missed> filter) {
            events.removeIf(one -> {
                boolean drop = !filter.test(one);
                bytes -= drop ? one.bytes() : 0;
                return drop;
            });
        }
    }

    /** The events delivered while a client is being restored. */
    private static final class Recording {
        private final String pid;
        private final MissedEvents missed;
        private final CompletableFuture<@Nullable RestoredSession> result = new CompletableFuture<>();
        private @Nullable Session session;
        private EngineLoop.@Nullable Timer limit;
        private boolean over;

        /** The session goes back to the broker when it is no longer needed here, in place of being dropped. */
        private boolean released;

        Recording(String pid, long mostBytes) {
            this.pid = pid;
            this.missed = new MissedEvents(mostBytes);
        }
    }

    private final AdapterNamespace namespace;
    private final InMemoryAdapter rooms;
    private final ClusterTransport transport;
    private final BroadcastOrder order = new BroadcastOrder();

    // guarded by the order

    private @Nullable String position;

    /** By secret id: each session can be restored by one client at a time. */
    private final Map<String, Recording> recordings = new HashMap<>();

    ClusterRecovery(AdapterNamespace namespace, InMemoryAdapter rooms, ClusterTransport transport) {
        this.namespace = namespace;
        this.rooms = rooms;
        this.transport = transport;
    }

    /**
     * Sends an event to the sockets of this server.
     *
     * <p>If the broker is unavailable, the event has no offset yet. Clients take a text at its end for the offset, and would not be
     * recovered with it. So it gets the offset up to which this server has delivered everything.
     *
     * @param offset {@code null} if the broker has not stored the event
     */
    void deliver(ClusterMessage.Broadcast message, @Nullable String offset) {
        SocketPacket.Event packet =
                new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, message.event(), message.args());
        order.broadcast(() -> {
            if (offset != null) {
                pass(offset, message);
            }
            String last = !kept(message) ? null : offset != null ? offset : currentOffset();
            return rooms.stage(last == null ? packet : withOffset(packet, last), message.to());
        });
    }

    /**
     * A message with this offset was delivered, or does not concern the sockets of this namespace on this server.
     *
     * @param offset {@code null} if the broker has not stored the message
     */
    void passed(@Nullable String offset, ClusterMessage message) {
        if (offset != null) {
            order.locked(() -> {
                pass(offset, message);
                return null;
            });
        }
    }

    private void pass(String offset, ClusterMessage message) {
        position = offset;
        if (recordings.isEmpty() || !(message instanceof ClusterMessage.Broadcast broadcast) || !kept(broadcast)) {
            return;
        }
        Missed one = missed(offset, broadcast); // shared by the clients that are being restored
        for (Recording recording : recordings.values()) {
            Session session = recording.session;
            if (session == null || isFor(session, broadcast.to())) {
                recording.missed.add(one);
            }
        }
    }

    private static boolean kept(ClusterMessage.Broadcast message) {
        return message.requestId() == null && !message.to().flags().onlyWritable();
    }

    private static boolean isFor(Session session, BroadcastOptions to) {
        return (to.rooms().isEmpty() || session.rooms().stream().anyMatch(to.rooms()::contains))
                && session.rooms().stream().noneMatch(to.except()::contains);
    }

    private Missed missed(String offset, ClusterMessage.Broadcast message) {
        return new Missed(
                offset,
                withOffset(
                        new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, message.event(), message.args()),
                        offset),
                message.to());
    }

    /**
     * Adds the offset as the last argument, so that a client can send it when it reconnects. Each server adds it for
     * its own sockets.
     */
    private static SocketPacket.Event withOffset(SocketPacket.Event packet, String offset) {
        return new SocketPacket.Event(
                packet.namespace(), packet.id(), packet.name(), packet.args().plus(offset));
    }

    @Nullable
    String currentOffset() {
        String delivered = order.locked(() -> position);
        String start = transport.startOffset();
        if (delivered == null || start == null) {
            return delivered == null ? start : delivered;
        }
        return transport.compareOffsets(delivered, start) < 0 ? start : delivered;
    }

    /**
     * Restores a session. A server that has just started accepts clients before it is connected to the broker; those
     * clients wait for the connection.
     *
     * @param started completes when the transport has started
     */
    CompletableFuture<@Nullable RestoredSession> restore(
            String pid, @Nullable String offset, CompletableFuture<Void> started) {
        if (offset != null && !transport.isOffset(offset)) {
            return CompletableFuture.completedFuture(null);
        }
        Recording recording = new Recording(pid, namespace.maxMissedBytes());
        if (order.locked(() -> recordings.putIfAbsent(pid, recording)) != null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<@Nullable RestoredSession> result = recording.result;
        EngineLoop.Timer limit = namespace.schedule(
                () -> result.completeExceptionally(new TimeoutException("the session was not read in time")),
                TAKE_TIMEOUT);
        EngineLoop.Timer end = namespace.schedule(
                () -> {
                    boolean first = end(recording);
                    if (!result.completeExceptionally(new TimeoutException("the missed events were not read in time"))
                            && first) {
                        dropTaken(recording); // it was found, but not resumed in time
                    }
                },
                LONGEST);
        order.locked(() -> recording.limit = end);
        var unused = result.whenComplete((restored, error) -> {
            limit.cancel();
            if (restored == null) {
                end(recording);
            }
        });
        SessionTake take = new SessionTake(namespace, transport, pid, result::isDone);
        var unusedTake = started.thenCompose(ready -> take.run())
                .thenAccept(session -> {
                    if (session == null) {
                        result.complete(null);
                    } else {
                        limit.cancel();
                        read(session, offset, recording, take, result);
                    }
                })
                .exceptionally(error -> {
                    result.completeExceptionally(error);
                    return null;
                });
        return result;
    }

    private void read(
            Session session,
            @Nullable String offset,
            Recording recording,
            SessionTake take,
            CompletableFuture<@Nullable RestoredSession> result) {
        var unused = result.whenComplete((restored, error) -> {
            if (restored == null) {
                if (order.locked(() -> recording.released)) {
                    giveBack(session);
                } else {
                    transport.dropSession(session);
                }
            }
        });
        String from = offset == null ? session.startOffset() : offset;
        if (result.isDone() || from == null || !transport.isOffset(from)) {
            result.complete(null);
            return;
        }
        order.locked(() -> {
            recording.session = session;
            recording.missed.keepOnly(missed -> isFor(session, missed.to)); // recorded before the session had been read
            return null;
        });
        MissedEvents missed = new MissedEvents(namespace.maxMissedBytes());
        String[] last = {from};
        // what was delivered before the recording began must be read; what is delivered from now on is recorded
        String until = currentOffset();
        var unusedRead = transport
                .readAfter(from, until == null ? from : until, (at, message) -> {
                    last[0] = at;
                    if (message instanceof ClusterMessage.Broadcast broadcast
                            && kept(broadcast)
                            && isFor(session, broadcast.to())) {
                        missed.add(missed(at, broadcast));
                    }
                })
                .whenComplete((complete, error) -> {
                    if (error == null && complete && !missed.isOver()) {
                        Restored restored = new Restored(session, recording, take, missed, last[0]);
                        completeWhenReached(from, restored, BEHIND_CHECKS, result);
                    } else {
                        result.complete(null);
                    }
                });
    }

    /**
     * Restores the session when this server has delivered everything up to the last event that the client has: a server that is
     * behind would send those events to it again.
     */
    private void completeWhenReached(
            String from, Restored restored, int checks, CompletableFuture<@Nullable RestoredSession> result) {
        if (result.isDone()) {
            return;
        }
        String now = currentOffset();
        if (now != null && transport.compareOffsets(now, from) >= 0) {
            var unused = restored.take
                    .keep(restored.session)
                    .whenComplete((kept, error) -> result.complete(error == null && kept ? restored : null));
        } else if (checks == 0) {
            result.complete(null);
        } else {
            namespace.schedule(() -> completeWhenReached(from, restored, checks - 1, result), BEHIND_PAUSE);
        }
    }

    /** Returns whether it was not over yet. */
    private boolean end(Recording recording) {
        EngineLoop.Timer limit = order.locked(() -> recording.limit);
        if (limit != null) {
            limit.cancel();
        }
        return order.locked(() -> {
            boolean first = !recording.over;
            recording.over = true;
            recordings.remove(recording.pid, recording);
            return first;
        });
    }

    /** The session of a client that was not admitted cannot be recovered any more. */
    private void dropTaken(Recording recording) {
        Session session = order.locked(() -> recording.session);
        if (session != null) {
            transport.dropSession(session);
        }
    }

    /** The client may recover the session at its next attempt. */
    private void giveBack(Session session) {
        Duration keep = namespace.recovery();
        if (keep != null) {
            transport.persistSession(session, keep);
        }
    }

    /** The server closes: sessions that were taken and not resumed go back to the broker. */
    void close() {
        List<Recording> left = order.locked(() -> {
            recordings.values().forEach(recording -> recording.released = true);
            return new ArrayList<>(recordings.values());
        });
        for (Recording recording : left) {
            if (!recording.result.completeExceptionally(new IllegalStateException("the server is closed"))) {
                var unused = recording.result.thenAccept(restored -> {
                    if (restored != null) {
                        restored.release();
                    }
                });
            }
        }
    }

    private final class Restored implements RestoredSession {
        private final Session session;
        private final Recording recording;
        private final SessionTake take;
        private final MissedEvents missed;
        private final String last;

        Restored(Session session, Recording recording, SessionTake take, MissedEvents missed, String last) {
            this.session = session;
            this.recording = recording;
            this.take = take;
            this.missed = missed;
            this.last = last;
        }

        @Override
        public Session session() {
            return session;
        }

        @Override
        public void release() {
            if (end(recording)) {
                giveBack(session);
            }
        }

        /** The events read from the broker up to the first recorded one, followed by the recorded events. */
        @Override
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            EngineLoop.Timer limit = order.locked(() -> recording.limit);
            if (limit != null) {
                limit.cancel();
            }
            boolean[] failed = {false};
            try {
                order.run(loop, () -> join(admit, write, failed));
            } finally {
                if (failed[0]) {
                    dropTaken(recording);
                }
            }
        }

        /** @param failed set if the client is not admitted and the session was not dropped before */
        private Runnable join(Runnable admit, Consumer<List<EncodedPacket>> write, boolean[] failed) {
            recordings.remove(recording.pid, recording);
            failed[0] = !recording.over;
            if (recording.over || recording.missed.isOver() || take.isExpired()) {
                recording.over = true;
                throw new IllegalStateException("the client missed too many events or took too long to reconnect");
            }
            recording.over = true;
            List<SocketPacket.Event> events = new ArrayList<>();
            String now = currentOffset();
            for (Missed one : missed.events) {
                if (now != null && transport.compareOffsets(one.offset, now) <= 0) {
                    events.add(one.event);
                }
            }
            for (Missed one : recording.missed.events) {
                if (transport.compareOffsets(one.offset, last) > 0) {
                    events.add(one.event);
                }
            }
            admit.run();
            failed[0] = false;
            return () -> write.accept(encode(events));
        }

        private List<EncodedPacket> encode(List<SocketPacket.Event> events) {
            List<EncodedPacket> encoded = new ArrayList<>(events.size());
            for (SocketPacket.Event event : events) {
                encoded.add(namespace.parser().encode(event));
            }
            return encoded;
        }
    }
}
