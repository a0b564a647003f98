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
        private @Nullable Session session;
        private boolean over;

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

    /** Sends an event to the sockets of this server. */
    void deliver(ClusterMessage.Broadcast message, @Nullable String offset) {
        SocketPacket.Event packet =
                new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, message.event(), message.args());
        order.broadcast(() -> {
            if (offset == null) {
                return rooms.stage(packet, message.to());
            }
            pass(offset, message);
            return rooms.stage(kept(message) ? withOffset(packet, offset) : packet, message.to());
        });
    }

    /** A message with this offset was delivered, or does not concern the sockets of this namespace on this server. */
    void passed(String offset, ClusterMessage message) {
        order.locked(() -> {
            pass(offset, message);
            return null;
        });
    }

    private void pass(String offset, ClusterMessage message) {
        position = offset;
        if (recordings.isEmpty() || !(message instanceof ClusterMessage.Broadcast broadcast) || !kept(broadcast)) {
            return;
        }
        for (Recording recording : recordings.values()) {
            Session session = recording.session;
            if (session == null || isFor(session, broadcast.to())) {
                recording.missed.add(missed(offset, broadcast));
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
        CompletableFuture<@Nullable RestoredSession> result = new CompletableFuture<>();
        EngineLoop.Timer limit = namespace.schedule(
                () -> result.completeExceptionally(new TimeoutException("the session was not read in time")),
                TAKE_TIMEOUT);
        EngineLoop.Timer end = namespace.schedule(
                () -> {
                    end(recording);
                    result.completeExceptionally(new TimeoutException("the missed events were not read in time"));
                },
                LONGEST);
        var unused = result.whenComplete((restored, error) -> {
            limit.cancel();
            if (restored == null) {
                end.cancel();
                end(recording);
            }
        });
        var unusedTake = started.thenCompose(ready -> transport.takeSession(pid))
                .thenAccept(session -> {
                    if (session == null) {
                        result.complete(null);
                    } else {
                        limit.cancel();
                        read(session, offset, recording, result);
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
            CompletableFuture<@Nullable RestoredSession> result) {
        var unused = result.whenComplete((restored, error) -> {
            if (restored == null) {
                transport.dropSession(session);
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
        var unusedRead = transport
                .readAfter(from, (at, message) -> {
                    last[0] = at;
                    if (message instanceof ClusterMessage.Broadcast broadcast
                            && kept(broadcast)
                            && isFor(session, broadcast.to())) {
                        missed.add(missed(at, broadcast));
                    }
                })
                .whenComplete((complete, error) -> result.complete(
                        error == null && complete && !missed.isOver()
                                ? new Restored(session, recording, missed, last[0])
                                : null));
    }

    private void end(Recording recording) {
        order.locked(() -> {
            recording.over = true;
            return recordings.remove(recording.pid, recording);
        });
    }

    private final class Restored implements RestoredSession {
        private final Session session;
        private final Recording recording;
        private final MissedEvents missed;
        private final String last;

        Restored(Session session, Recording recording, MissedEvents missed, String last) {
            this.session = session;
            this.recording = recording;
            this.missed = missed;
            this.last = last;
        }

        @Override
        public Session session() {
            return session;
        }

        /** The events read from the broker up to the first recorded one, followed by the recorded events. */
        @Override
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            order.run(loop, () -> {
                recordings.remove(recording.pid, recording);
                if (recording.over || recording.missed.isOver()) {
                    throw new IllegalStateException("the client missed too many events or took too long to come back");
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
                return () -> write.accept(encode(events));
            });
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
