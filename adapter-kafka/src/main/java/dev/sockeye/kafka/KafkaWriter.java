package dev.sockeye.kafka;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records of this process to Kafka, in order and each exactly once, even if brokers fail. One thread passes the
 * records to an idempotent producer, which retries until they are stored; callers never wait. Bounded: records that exceed the
 * limit are rejected.
 *
 * <p>A record that the brokers reject for a reason other than its size (a missing permission) is put back, and all records
 * behind it wait. A record that is only useful now, such as a request or a heartbeat, is dropped and not counted; the requester
 * gets a timeout.
 */
class KafkaWriter {
    private static final Logger LOG = System.getLogger(KafkaAdapter.class.getName());
    private static final int MOST = 50_000;
    private static final int OVERHEAD = 150;
    private static final long SLOW_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long UNREACHED_NANOS = Duration.ofMillis(300).toNanos();
    private static final long PAUSE_MILLIS = 500;

    /** A record to write. */
    static final class Entry {
        final String topic;
        final int hash;
        final byte[] key;
        final byte[] value;
        final boolean durable;
        final Map<String, byte[]> headers = new HashMap<>(4);
        private final Consumer<@Nullable Exception> done;
        private long number;

        /**
         * @param hash determines the partition
         * @param durable whether the record waits until the brokers accept it
         * @param done receives the result, {@code null} for success, on a thread of the writer; must return quickly
         */
        Entry(String topic, int hash, byte[] key, byte[] value, boolean durable, Consumer<@Nullable Exception> done) {
            this.topic = topic;
            this.hash = hash;
            this.key = key;
            this.value = value;
            this.durable = durable;
            this.done = done;
        }

        Entry header(String name, byte[] content) {
            headers.put(name, content);
            return this;
        }

        /** @param error {@code null} if the record was stored */
        void end(@Nullable Exception error) {
            done.accept(error);
        }

        private int size() {
            return OVERHEAD + key.length + value.length;
        }
    }

    private final ClientProperties properties;
    private final long mostBytes;
    private final Thread thread;
    private final Map<String, Integer> partitions = new HashMap<>(); // by topic; accessed only by the thread
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private volatile @Nullable Metric connections;
    private volatile @Nullable String problem;

    @GuardedBy("this")
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();

    @GuardedBy("this")
    private final TreeMap<Long, Entry> failed = new TreeMap<>();

    /** The highest number that was stored, by topic: earlier records that failed can no longer be written in order. */
    @GuardedBy("this")
    private final Map<String, Long> stored = new HashMap<>();

    @GuardedBy("this")
    private int outstanding;

    @GuardedBy("this")
    private int inFlight;

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private long numbers;

    @GuardedBy("this")
    private long lost;

    @GuardedBy("this")
    private long progress;

    @GuardedBy("this")
    private boolean remake;

    @GuardedBy("this")
    private boolean closed;

    KafkaWriter(ClientProperties properties, long mostBytes) {
        this.properties = properties;
        this.mostBytes = mostBytes;
        thread = new Thread(this::run, "sockeye-kafka-writer");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Adds a record; returns false and counts it as lost if the queue is full or the writer is closed. */
    synchronized boolean add(Entry entry) {
        if (closed || outstanding >= MOST || bytes + entry.size() > mostBytes) {
            lost++;
            return false;
        }
        entry.number = ++numbers;
        if (outstanding++ == 0) {
            progress = System.nanoTime();
        }
        bytes += entry.size();
        queue.add(entry);
        notifyAll();
        return true;
    }

    synchronized int outstanding() {
        return outstanding;
    }

    synchronized long lost() {
        return lost;
    }

    /** The error of the brokers if they rejected the last record; {@code null} if they accepted it. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Whether records are not stored within the usual time. */
    boolean stalled() {
        long waiting;
        synchronized (this) {
            if (outstanding == 0) {
                return false;
            }
            waiting = System.nanoTime() - progress;
        }
        return waiting > SLOW_NANOS || problem != null || (waiting > UNREACHED_NANOS && !isConnected());
    }

    private boolean isConnected() {
        Metric metric = connections;
        return metric != null && metric.metricValue() instanceof Number number && number.doubleValue() > 0;
    }

    private void run() {
        while (true) {
            try {
                Entry next = next();
                if (next == null) {
                    return;
                }
                send(next);
            } catch (InterruptedException e) {
                return; // closed
            }
        }
    }

    /** The next record to write; {@code null} if closed. */
    private @Nullable Entry next() throws InterruptedException {
        boolean stale;
        synchronized (this) {
            while (!closed && (failed.isEmpty() ? queue.isEmpty() : inFlight > 0)) {
                wait();
            }
            if (closed && queue.isEmpty()) {
                return null;
            }
            if (failed.isEmpty()) {
                inFlight++;
                return queue.poll();
            }
            failed.descendingMap().values().forEach(queue::addFirst);
            failed.clear();
            stale = remake;
            remake = false;
        }
        if (stale) {
            closeProducer(Duration.ZERO);
        }
        pause();
        return next();
    }

    private void pause() throws InterruptedException {
        synchronized (this) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
            for (long left = PAUSE_MILLIS; left > 0 && !closed; ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            }
        }
    }

    private void send(Entry entry) {
        try {
            Producer<byte[], byte[]> now = producer();
            int partition = Math.floorMod(entry.hash, partitions(now, entry.topic));
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(entry.topic, partition, entry.key, entry.value);
            entry.headers.forEach(record.headers()::add);
            var unused = now.send(record, (stored, error) -> ended(entry, error));
        } catch (RuntimeException e) {
            ended(entry, e);
        } catch (Error e) { // nobody would start this thread again
            ended(entry, new KafkaException(e.toString(), e));
        }
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> now = producer;
        if (now == null) {
            now = connect();
            for (Metric metric : now.metrics().values()) {
                if (metric.metricName().name().equals("connection-count")
                        && metric.metricName().group().equals("producer-metrics")) {
                    connections = metric;
                }
            }
            producer = now;
        }
        return now;
    }

    Producer<byte[], byte[]> connect() {
        return new KafkaProducer<>(properties.producer());
    }

    /** The number of partitions when it was first queried: it determines the partition of a namespace, and must not change. */
    private int partitions(Producer<byte[], byte[]> now, String topic) {
        Integer known = partitions.get(topic);
        if (known == null) {
            known = now.partitionsFor(topic).size();
            partitions.put(topic, known);
        }
        return known;
    }

    private void ended(Entry entry, @Nullable Exception error) {
        boolean again;
        synchronized (this) {
            inFlight--;
            boolean hopeless = error instanceof RecordTooLargeException || error instanceof SerializationException;
            again = error != null
                    && entry.durable
                    && !closed
                    && !hopeless
                    && entry.number > stored.getOrDefault(entry.topic, 0L);
            if (again) {
                failed.put(entry.number, entry);
                remake |= !(error instanceof TimeoutException);
            } else {
                outstanding--;
                bytes -= entry.size();
                progress = System.nanoTime();
                if (error == null) {
                    stored.merge(entry.topic, entry.number, Math::max);
                } else if (entry.durable) {
                    lost++;
                }
            }
            notifyAll();
        }
        if (error == null) {
            problem = null;
        } else {
            if (problem == null) {
                LOG.log(
                        Level.WARNING,
                        KafkaLog.NOT_STORED.text("a message for other servers was not stored: " + error));
            }
            problem = "Kafka rejects messages: " + error.getMessage();
        }
        if (!again) {
            entry.end(error);
        }
    }

    private void closeProducer(Duration patience) {
        Producer<byte[], byte[]> now = producer;
        producer = null;
        connections = null;
        if (now != null) {
            now.close(patience);
        }
    }

    /** Closes the writer after storing as many records as possible within the timeout. Blocks; if interrupted, it closes at once. */
    void close(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        List<Entry> left;
        boolean interrupted = false;
        synchronized (this) {
            try {
                for (long wait = patience.toMillis(); wait > 0 && outstanding > 0; ) {
                    wait(wait);
                    wait = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                }
            } catch (InterruptedException e) {
                interrupted = true; // until the end: the producer would not close
            }
            closed = true;
            queue.addAll(failed.values());
            failed.clear();
            left = List.copyOf(queue);
            for (Entry one : left) {
                outstanding--;
                bytes -= one.size();
                lost += one.durable ? 1 : 0;
            }
            queue.clear();
            notifyAll();
        }
        try {
            thread.interrupt();
            closeProducer(Duration.ZERO);
            left.forEach(one -> one.end(new KafkaException("the connection to Kafka was closed before")));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
