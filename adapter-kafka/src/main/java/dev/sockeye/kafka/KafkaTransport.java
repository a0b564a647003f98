package dev.sockeye.kafka;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.protocol.DecodeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of one server. Broadcasts and room changes are records of the events topic; requests, responses and heartbeats
 * are records of the requests topic.
 *
 * <p>With connection state recovery, this server applies its own events when it reads them back from the topic. Each client
 * thus receives all events in the order of their offsets. While Kafka is unavailable, they are applied immediately, without an
 * offset.
 */
final class KafkaTransport implements ClusterTransport {
    private static final Logger LOG = System.getLogger(KafkaAdapter.class.getName());
    private static final Duration WATCH = Duration.ofMillis(250);

    private final KafkaLink link;
    private volatile @Nullable Receiver receiver;
    private volatile @Nullable KafkaSessions sessions;
    private volatile boolean open;
    private volatile @Nullable String start;

    /** This server's events that were not read back from the topic yet, by number. */
    @GuardedBy("this")
    private final TreeMap<Long, Consumer<@Nullable String>> mine = new TreeMap<>();

    /** Events that this server applies without waiting to read them back. */
    @GuardedBy("this")
    private final ArrayDeque<Consumer<@Nullable String>> overdue = new ArrayDeque<>(0);

    @GuardedBy("this")
    private final Map<String, Long> numbers = new HashMap<>();

    @GuardedBy("this")
    private boolean running;

    /** The open link whose timer watches. A link drops its timers when it is closed. */
    @GuardedBy("this")
    private KafkaLink.@Nullable Open watching;

    KafkaTransport(KafkaLink link) {
        this.link = link;
    }

    private Receiver receiver() {
        Receiver given = receiver;
        if (given == null) {
            throw new IllegalStateException("not started");
        }
        return given;
    }

    KafkaSessions sessions() {
        KafkaSessions made = sessions;
        if (made == null) {
            throw new IllegalStateException("not started");
        }
        return made;
    }

    String uid() {
        return receiver().uid();
    }

    String name() {
        return receiver().namespace().name();
    }

    @Nullable
    Duration recovery() {
        return receiver().namespace().recovery();
    }

    @Nullable
    LocalSocket socket(String sid) {
        return receiver().namespace().socket(sid);
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        if (given.namespace().recovery() != null
                && link.options().partitioning() != KafkaAdapterOptions.Partitioning.NAMESPACE) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "connection state recovery needs the events of a namespace in one order: Partitioning.NAMESPACE"));
        }
        receiver = given;
        sessions = new KafkaSessions(link, given.uid(), this);
        open = true; // before, as it may be closed by another thread meanwhile
        CompletableFuture<Void> ready;
        try {
            ready = link.add(this);
        } catch (RuntimeException | Error e) {
            open = false; // nothing is held
            throw e;
        }
        return ready.thenRun(() -> {
            KafkaLink.Open now = link.open();
            if (now != null) {
                int partition = Math.floorMod(hash(), now.reader().partitions());
                start = Offsets.text(partition, now.reader().next(partition) - 1);
            }
        });
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!open) {
            return CompletableFuture.completedFuture(null);
        }
        open = false;
        return link.remove(this).thenRun(this::runAll);
    }

    @Override
    public ClusterHealth health() {
        return link.health();
    }

    private int hash() {
        return name().hashCode();
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        if (!open) {
            local.accept(null);
        } else if (isEvent(message)) {
            event(message, local);
        } else {
            try {
                request(message, null);
            } finally {
                local.accept(null);
            }
        }
    }

    private static boolean isEvent(ClusterMessage message) {
        return (message instanceof ClusterMessage.Broadcast && message.requestId() == null)
                || message instanceof ClusterMessage.SocketsJoin
                || message instanceof ClusterMessage.SocketsLeave
                || message instanceof ClusterMessage.DisconnectSockets;
    }

    private void event(ClusterMessage message, Consumer<@Nullable String> local) {
        boolean ordered = recovery() != null;
        byte[] value = ClusterCodec.encode(message);
        boolean added;
        synchronized (this) {
            long number = number(link.options().topic());
            KafkaWriter.Entry entry = new KafkaWriter.Entry(
                    link.options().topic(),
                    EventPartition.hash(message, link.options().partitioning()),
                    Headers.bytes(name()),
                    value,
                    true,
                    error -> ended(number, error));
            added = link.write(numbered(entry, number));
            if (added && ordered) {
                mine.put(number, local);
                watch();
            }
        }
        if (!added) {
            runAll();
            local.accept(null);
        } else if (!ordered) {
            local.accept(null);
        } else if (link.stalled()) {
            runAll();
        }
    }

    @GuardedBy("this")
    private long number(String topic) {
        return numbers.merge(topic, 1L, Long::sum);
    }

    private KafkaWriter.Entry numbered(KafkaWriter.Entry entry, long number) {
        return entry.header(Headers.SENDER, Headers.bytes(uid())).header(Headers.NUMBER, Headers.bytes(number));
    }

    private void request(ClusterMessage message, @Nullable String server) {
        KafkaWriter.Entry entry = new KafkaWriter.Entry(
                link.options().requestTopic(),
                uid().hashCode(),
                Headers.bytes(name()),
                ClusterCodec.encode(message),
                message instanceof ClusterMessage.ServerSideEmit && message.requestId() == null,
                error -> {});
        if (server != null) {
            entry.header(Headers.RECEIVER, Headers.bytes(server));
        }
        synchronized (this) {
            var unused = link.write(numbered(entry, number(link.options().requestTopic())));
        }
    }

    @Override
    public void respond(String requester, ClusterMessage.Response response) {
        if (open) {
            request(response, requester);
        }
    }

    /** Kafka is unavailable: the sockets of this server do not wait for it. One thread at a time, to keep the order. */
    private void runAll() {
        synchronized (this) {
            overdue.addAll(mine.values());
            mine.clear();
        }
        runOverdue();
    }

    /** A record that Kafka refuses, as it is too large, does not come back. */
    private void ended(long number, @Nullable Exception error) {
        if (error == null) {
            return;
        }
        synchronized (this) {
            Consumer<@Nullable String> local = mine.remove(number);
            if (local != null) {
                overdue.add(local);
            }
        }
        runOverdue();
    }

    private void runOverdue() {
        for (Consumer<@Nullable String> next = nextOverdue(); next != null; next = nextOverdue()) {
            try {
                next.accept(null);
            } catch (RuntimeException | Error e) { // the next events must still be applied
                LOG.log(Level.WARNING, KafkaLog.LOCAL_EVENT_FAILED.text("an event failed on this server"), e);
            } finally {
                synchronized (this) {
                    running = false;
                }
            }
        }
    }

    private synchronized @Nullable Consumer<@Nullable String> nextOverdue() {
        if (running) {
            return null;
        }
        Consumer<@Nullable String> next = overdue.poll();
        running = next != null;
        return next;
    }

    /** Periodically checks whether Kafka responds, as long as an event waits for it. */
    @GuardedBy("this")
    private void watch() {
        KafkaLink.Open now = link.open();
        if (now != null && !now.equals(watching)) {
            watching = now;
            link.later(WATCH, () -> {
                boolean slow = link.stalled();
                synchronized (this) {
                    watching = null;
                    if (!mine.isEmpty() && !slow) {
                        watch();
                    }
                }
                if (slow) {
                    runAll();
                }
            });
        }
    }

    /** Handles an event record of this namespace, on the thread of the reader. */
    void onEvent(ConsumerRecord<byte[], byte[]> record) {
        boolean ordered = recovery() != null;
        KafkaLink.Open now = link.open();
        // another partition has no common order with the rest: the topic was extended while other servers were running
        String offset = ordered
                        && now != null
                        && record.partition()
                                == Math.floorMod(hash(), now.reader().partitions())
                ? Offsets.text(record.partition(), record.offset())
                : null;
        if (uid().equals(Headers.text(record, Headers.SENDER))) {
            Consumer<@Nullable String> local;
            synchronized (this) {
                local = mine.remove(Headers.number(record, Headers.NUMBER));
            }
            if (local != null) {
                local.accept(offset);
                return;
            }
            if (!ordered) {
                return;
            }
        }
        receive(record, offset);
    }

    /** Handles a request record of this namespace, on the thread of the reader. */
    void onRequest(ConsumerRecord<byte[], byte[]> record) {
        String receiver = Headers.text(record, Headers.RECEIVER);
        boolean mine = uid().equals(Headers.text(record, Headers.SENDER));
        if (!mine && (receiver.isEmpty() || receiver.equals(uid()))) {
            receive(record, null);
        }
    }

    private void receive(ConsumerRecord<byte[], byte[]> record, @Nullable String offset) {
        try {
            byte[] value = record.value();
            ClusterMessage message = value == null ? null : ClusterCodec.decode(value);
            if (message != null && open) {
                receiver().onMessage(message, offset);
            }
        } catch (DecodeException e) {
            link.countRefused(Offsets.text(record.partition(), record.offset()) + " of " + record.topic() + ": "
                    + e.getMessage());
        }
    }

    @Override
    public void followSession(String sid, Supplier<Session> session, Duration maxDisconnectionDuration) {
        sessions().follow(sid, session, maxDisconnectionDuration);
    }

    @Override
    public void sessionChanged(String sid) {
        sessions().changed(sid);
    }

    @Override
    public void forgetSession(String sid, String pid) {
        sessions().forget(sid, pid);
    }

    @Override
    public void persistSession(Session session, Duration maxDisconnectionDuration) {
        sessions().persist(session, maxDisconnectionDuration);
    }

    @Override
    public CompletableFuture<@Nullable Session> takeSession(String pid) {
        return sessions().take(pid);
    }

    @Override
    public void dropSession(Session session) {
        sessions().drop(session.pid());
    }

    @Override
    public CompletableFuture<Boolean> readAfter(String offset, BiConsumer<String, ClusterMessage> reader) {
        KafkaLink.Open now = link.open();
        int partition = Offsets.partition(offset);
        if (now == null
                || partition != Math.floorMod(hash(), Math.max(1, now.reader().partitions()))) {
            return CompletableFuture.completedFuture(false);
        }
        return now.replays().readAfter(partition, Offsets.offset(offset), name(), reader);
    }

    @Override
    public boolean isOffset(String text) {
        return Offsets.isOffset(text);
    }

    @Override
    public int compareOffsets(String one, String other) {
        return Offsets.compare(one, other);
    }

    /** Everything up to this record was delivered, so a namespace without events advances too. */
    @Override
    public @Nullable String startOffset() {
        KafkaLink.Open now = link.open();
        int count = now == null ? 0 : now.reader().partitions();
        if (now == null || count == 0 || start == null) {
            return start;
        }
        int partition = Math.floorMod(hash(), count);
        return Offsets.text(partition, now.reader().next(partition) - 1);
    }
}
