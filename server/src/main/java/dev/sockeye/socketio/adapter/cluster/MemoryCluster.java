package dev.sockeye.socketio.adapter.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.DecodeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of several servers in one JVM, without a broker. For testing applications that run on several servers.
 * Sockeye's own.
 *
 * <pre>{@code
 * MemoryCluster cluster = new MemoryCluster();
 * SocketIoServer one = SocketIoServer.create(options.toBuilder().adapter(cluster.adapters(ClusterOptions.defaults())).build());
 * SocketIoServer two = SocketIoServer.create(options.toBuilder().adapter(cluster.adapters(ClusterOptions.defaults())).build());
 * }</pre>
 *
 * <p>Messages are encoded as on the wire. With connection state recovery, broadcasts and room changes are kept in one
 * total order, as with the Redis Streams adapter, and clients can recover on any server. A {@link Network} decides when
 * messages arrive. Thread-safe.
 */
public final class MemoryCluster {
    private static final int MOST = 10_000;

    /** Carries messages between the servers. */
    @FunctionalInterface
    public interface Network {
        /** Delivers immediately, on the thread of the sender. */
        Network DIRECT = (from, to, delivery) -> delivery.run();

        /**
         * Runs a delivery now, later, or never, on any thread.
         *
         * @param from the {@link ClusterAdapter#uid()} of the sender; empty for the log of stored messages. A delivery
         *     from the log makes the receiver read all unread messages, so that one of several deliveries is enough
         * @param to the {@link ClusterAdapter#uid()} of the receiver
         */
        void carry(String from, String to, Runnable delivery);
    }

    /** A stored session. Compared by identity: the client may return, and leave again with an equal session. */
    private static final class Kept {
        private final Session session;

        Kept(Session session) {
            this.session = session;
        }
    }

    private record Entry(long number, String uid, byte[] message) {}

    private final Network network;
    private final CopyOnWriteArrayList<Node> nodes = new CopyOnWriteArrayList<>();

    @GuardedBy("this")
    private final ArrayDeque<Entry> log = new ArrayDeque<>();

    @GuardedBy("this")
    private long last;

    @GuardedBy("this")
    private final Map<String, Kept> sessions = new HashMap<>();

    /** Creates a cluster whose messages are delivered immediately. */
    public MemoryCluster() {
        this(Network.DIRECT);
    }

    /** Creates a cluster whose messages are delivered by a network. */
    public MemoryCluster(Network network) {
        this.network = network;
    }

    /** Creates the adapters for one or more servers of this cluster. */
    public AdapterFactory adapters(ClusterOptions options) {
        return namespace -> new ClusterAdapter(namespace, new Node(), options);
    }

    /** One namespace of one server. */
    private final class Node implements ClusterTransport {
        private volatile @Nullable Receiver receiver;
        /** Everything up to this entry was delivered. */
        private volatile long delivered;

        @GuardedBy("this")
        private final Map<Long, Consumer<@Nullable String>> mine = new HashMap<>();

        @GuardedBy("this")
        private long read;

        @GuardedBy("this")
        private boolean reading;

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

        private boolean serves(String namespace) {
            return receiver().namespace().name().equals(namespace);
        }

        @Override
        public CompletableFuture<Void> start(Receiver given) {
            receiver = given;
            long from;
            synchronized (MemoryCluster.this) {
                from = last;
            }
            delivered = from;
            synchronized (this) {
                read = from;
            }
            nodes.add(this);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> close() {
            nodes.remove(this);
            Map<Long, Consumer<@Nullable String>> left;
            synchronized (this) {
                left = new HashMap<>(mine);
                mine.clear();
            }
            left.values().forEach(local -> local.accept(null));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
            byte[] bytes = ClusterCodec.encode(message);
            if (receiver().namespace().recovery() != null && isKept(message) && nodes.contains(this)) {
                append(bytes, local);
                return;
            }
            local.accept(null);
            for (Node node : nodes) {
                if (node != this && node.serves(message.namespace())) {
                    network.carry(uid(), node.uid(), () -> node.receive(bytes, null));
                }
            }
        }

        private static boolean isKept(ClusterMessage message) {
            return (message instanceof ClusterMessage.Broadcast && message.requestId() == null)
                    || message instanceof ClusterMessage.SocketsJoin
                    || message instanceof ClusterMessage.SocketsLeave
                    || message instanceof ClusterMessage.DisconnectSockets;
        }

        private void append(byte[] bytes, Consumer<@Nullable String> local) {
            synchronized (MemoryCluster.this) {
                synchronized (this) {
                    mine.put(++last, local);
                }
                log.add(new Entry(last, uid(), bytes));
                if (log.size() > MOST) {
                    log.remove();
                }
            }
            for (Node node : nodes) {
                network.carry("", node.uid(), node::read);
            }
        }

        /** Reads the log up to its end, one thread at a time. */
        private void read() {
            for (Entry entry = next(); entry != null; entry = next()) {
                Consumer<@Nullable String> local;
                synchronized (this) {
                    local = mine.remove(entry.number);
                }
                try {
                    if (local != null) {
                        local.accept(offset(entry.number));
                    } else {
                        receive(entry.message, offset(entry.number));
                    }
                } finally {
                    delivered = entry.number;
                    synchronized (this) {
                        reading = false;
                    }
                }
            }
        }

        private @Nullable Entry next() {
            synchronized (MemoryCluster.this) {
                synchronized (this) {
                    if (reading || read >= last || !nodes.contains(this)) {
                        return null;
                    }
                    Entry next = log.getLast();
                    for (Entry entry : log) {
                        if (entry.number > read) {
                            next = entry;
                            break;
                        }
                    }
                    read = next.number;
                    reading = true;
                    return next;
                }
            }
        }

        private void receive(byte[] bytes, @Nullable String offset) {
            try {
                ClusterMessage message = ClusterCodec.decode(bytes);
                if (message != null && nodes.contains(this)) {
                    receiver().onMessage(message, offset);
                }
            } catch (DecodeException e) {
                throw new IllegalStateException("a message of this process is malformed", e);
            }
        }

        @Override
        public void respond(String requester, ClusterMessage.Response response) {
            byte[] bytes = ClusterCodec.encode(response);
            for (Node node : nodes) {
                if (node.uid().equals(requester)) {
                    network.carry(uid(), requester, () -> node.receive(bytes, null));
                }
            }
        }

        @Override
        public void persistSession(Session session, Duration maxDisconnectionDuration) {
            Kept kept = new Kept(session);
            synchronized (MemoryCluster.this) {
                sessions.put(session.pid(), kept);
            }
            receiver()
                    .namespace()
                    .schedule(
                            () -> {
                                synchronized (MemoryCluster.this) {
                                    sessions.remove(session.pid(), kept);
                                }
                            },
                            maxDisconnectionDuration);
        }

        @Override
        public CompletableFuture<@Nullable Session> takeSession(String pid) {
            Kept kept;
            synchronized (MemoryCluster.this) {
                kept = sessions.remove(pid);
            }
            return CompletableFuture.completedFuture(kept == null ? null : kept.session);
        }

        @Override
        public CompletableFuture<Boolean> readAfter(String offset, BiConsumer<String, ClusterMessage> reader) {
            long from = Long.parseLong(offset);
            ArrayDeque<Entry> missed = new ArrayDeque<>();
            synchronized (MemoryCluster.this) {
                Entry first = log.peek();
                if (from > last || (from < last && (first == null || first.number > from + 1))) {
                    return CompletableFuture.completedFuture(false);
                }
                log.forEach(entry -> {
                    if (entry.number > from) {
                        missed.add(entry);
                    }
                });
            }
            for (Entry entry : missed) {
                try {
                    ClusterMessage message = ClusterCodec.decode(entry.message);
                    if (message != null && serves(message.namespace())) {
                        reader.accept(offset(entry.number), message);
                    }
                } catch (DecodeException e) {
                    throw new IllegalStateException("a message of this process is malformed", e);
                }
            }
            return CompletableFuture.completedFuture(true);
        }

        private static String offset(long number) {
            return Long.toString(number);
        }

        @Override
        public boolean isOffset(String text) {
            return text.matches("\\d{1,18}");
        }

        @Override
        public int compareOffsets(String one, String other) {
            return Long.compare(Long.parseLong(one), Long.parseLong(other));
        }

        @Override
        public String startOffset() {
            return offset(delivered);
        }
    }
}
