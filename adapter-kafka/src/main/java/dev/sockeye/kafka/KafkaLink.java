package dev.sockeye.kafka;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The connections to Kafka that the adapters of all namespaces of a server share. Opened with the first namespace and closed with the last.
 *
 * <p>States: closed, open (connected, or retrying indefinitely).
 */
class KafkaLink {
    private static final Logger LOG = System.getLogger(KafkaAdapter.class.getName());

    private final ClientProperties properties;
    private final KafkaAdapterOptions options;
    private final Map<String, KafkaTransport> namespaces = new ConcurrentHashMap<>();
    private final Map<String, KafkaTransport> servers = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong lostBefore = new AtomicLong();
    private volatile @Nullable Open open;

    @GuardedBy("this")
    private int users;

    /** The resources of an open link. */
    record Open(
            KafkaWriter writer,
            KafkaReader reader,
            KafkaReplays replays,
            SessionTable sessions,
            ScheduledExecutorService timers) {}

    KafkaLink(ClientProperties properties, KafkaAdapterOptions options) {
        this.properties = properties;
        this.options = options;
    }

    KafkaAdapterOptions options() {
        return options;
    }

    /** Opens the connections for a namespace; completes when it can receive. */
    CompletableFuture<Void> add(KafkaTransport transport) {
        Open made = null;
        try {
            synchronized (this) {
                Open opened = open;
                if (opened == null) {
                    opened = open(transport.recovery());
                    made = opened;
                    start(opened, transport);
                } else {
                    register(transport);
                }
                users++; // not if that has failed
                return opened.reader.ready();
            }
        } catch (RuntimeException | Error e) {
            if (made != null) {
                made.writer.close(Duration.ZERO);
                made.timers.shutdownNow();
            }
            throw e;
        }
    }

    private void register(KafkaTransport transport) {
        namespaces.put(transport.name(), transport);
        servers.put(transport.uid(), transport);
    }

    /** @param first receives what is read immediately */
    @GuardedBy("this")
    private void start(Open opened, KafkaTransport first) {
        open = opened; // before its threads use it
        register(first);
        try {
            opened.writer.start();
            var unused = opened.reader.start();
        } catch (RuntimeException | Error e) { // no more threads are allowed
            open = null;
            namespaces.remove(first.name(), first);
            servers.remove(first.uid(), first);
            throw e;
        }
    }

    private Open open(@Nullable Duration recovery) {
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sockeye-kafka");
            thread.setDaemon(true);
            return thread;
        });
        Duration sessions = recovery == null
                ? Duration.ZERO
                : recovery.plus(options.sessionRefresh().multipliedBy(2)).plusMinutes(1);
        SessionTable table = new SessionTable(servers::get, options.maxSessionBytes());
        KafkaReader reader = reader(sessions, record -> onRecord(table, record));
        return new Open(
                new KafkaWriter(properties, options.maxQueuedBytes()),
                reader,
                new KafkaReplays(properties, options.topic(), reader),
                table,
                timers);
    }

    KafkaReader reader(Duration sessions, Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
        return new KafkaReader(properties, options, sessions, receiver);
    }

    /** Closes the connections if this was the last namespace, after pending work is complete. */
    CompletableFuture<Void> remove(KafkaTransport transport) {
        Open closing = null;
        synchronized (this) {
            namespaces.remove(transport.name(), transport);
            if (servers.remove(transport.uid(), transport) && --users == 0) {
                closing = open;
                open = null;
            }
        }
        Open last = closing;
        if (last == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    last.writer.close(Duration.ofSeconds(1));
                    lostBefore.addAndGet(last.writer.lost() + last.reader.skipped());
                    last.reader.close();
                    last.replays.close();
                    last.timers.shutdownNow();
                    closed.complete(null);
                },
                "sockeye-kafka-close");
        thread.setDaemon(true);
        thread.start();
        return closed;
    }

    @Nullable
    Open open() {
        return open;
    }

    /** Adds a record; returns false if the queue is full or the link is closed. */
    boolean write(KafkaWriter.Entry entry) {
        Open now = open;
        return now != null && now.writer.add(entry);
    }

    /** Whether writing or reading is currently blocked. */
    boolean stalled() {
        Open now = open;
        return now == null || now.reader.problem() != null || now.writer.stalled();
    }

    /** Schedules a task on a thread of this link, unless the link is closed. */
    void later(Duration delay, Runnable task) {
        Open now = open;
        if (now != null) {
            try {
                var unused = now.timers.schedule(
                        () -> {
                            try {
                                task.run();
                            } catch (RuntimeException | Error e) {
                                LOG.log(
                                        Level.WARNING,
                                        KafkaLog.TASK_FAILED.text("a task of the Kafka adapter failed"),
                                        e);
                            }
                        },
                        delay.toMillis(),
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // closed concurrently
            }
        }
    }

    void countRefused(String what) {
        if (refused.getAndIncrement() == 0) {
            LOG.log(
                    Level.WARNING,
                    KafkaLog.MALFORMED_RECORD.text(
                            "a malformed record in Kafka was ignored; further ones are only counted: " + what));
        }
    }

    ClusterHealth health() {
        Open now = open;
        if (now == null) {
            return new ClusterHealth(false, "closed", 0, lostBefore.get(), refused.get());
        }
        String problem = now.reader.problem();
        if (problem == null) {
            problem = now.writer.problem();
        }
        if (problem == null && now.writer.stalled()) {
            problem = "Kafka does not answer";
        }
        return new ClusterHealth(
                problem == null,
                problem,
                now.writer.outstanding(),
                lostBefore.get() + now.writer.lost() + now.reader.skipped(),
                refused.get());
    }

    /** @param of the sessions of the open link that reads: it is closed later than the next one is opened */
    private void onRecord(SessionTable of, ConsumerRecord<byte[], byte[]> record) {
        Open now = open;
        if (now == null || now.sessions != of) {
            return;
        }
        if (record.topic().equals(options.sessionTopic())) {
            now.sessions.onRecord(record, now.reader.ready().isDone());
            return;
        }
        KafkaTransport transport = namespaces.get(Headers.key(record));
        if (transport == null) {
            return;
        }
        if (record.topic().equals(options.topic())) {
            transport.onEvent(record);
        } else {
            transport.onRequest(record);
        }
    }
}
