package dev.sockeye.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Reads all partitions of the three topics on one thread, without a consumer group. Messages are read from the end of the topic
 * at startup; sessions are read from as far back as one may still be valid. After a failure it continues at its previous
 * position.
 *
 * <p>States: closed, opening (retries indefinitely), reading.
 */
class KafkaReader {
    private static final Logger LOG = System.getLogger(KafkaAdapter.class.getName());
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 500;
    private static final int MOST_SENDERS = 10_000;

    /** How often a corrupt record is tried: the network, or a broker that is replaced, may be the cause. */
    private static final int CORRUPT_TRIES = 5;

    private static final long CORRUPT_TOGETHER_NANOS = Duration.ofMinutes(1).toNanos();

    /** How much the clocks of servers may differ. */
    private static final long CLOCK_SKEW_MILLIS = 60_000;

    private final ClientProperties properties;
    private final KafkaAdapterOptions options;
    private final Duration sessions;
    private final java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> receiver;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    /** The next offset of each partition. Written by the thread. */
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();

    /** The offsets up to which sessions must be read before the first client connects; accessed only by the thread. */
    private final Map<TopicPartition, Long> behind = new HashMap<>();

    /** The last number of each sender in each partition of events, to detect duplicates; accessed only by the thread. */
    private final Map<String, Long> numbers = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_SENDERS;
        }
    };

    /** The time of the last record of each partition; accessed only by the thread. */
    private final Map<TopicPartition, Long> times = new HashMap<>();

    private final long started = System.currentTimeMillis();

    /** The offsets of the records that Kafka has lost since this server has read them. Written by the thread. */
    private final Map<TopicPartition, Lost> lost = new ConcurrentHashMap<>();

    /** @param to exclusive */
    private record Lost(long from, long to) {}

    /** The number of partitions of each topic that are read; accessed only by the thread. */
    private final Map<String, Integer> counts = new HashMap<>();

    /** Whether the first positions are known: later attempts continue where the one before has failed. Accessed only by the thread. */
    private boolean begun;

    /** How often a corrupt record was tried, and when last; accessed only by the thread. */
    private int corrupt;

    private long corruptAt;

    private final AtomicLong skipped = new AtomicLong();
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile @Nullable Metric connections;
    private volatile @Nullable String problem = "Kafka was not reached yet";
    private volatile int partitions;
    private volatile boolean open = true;

    /**
     * @param sessions the maximum age of sessions; zero to read none
     * @param receiver receives each record, on the thread of this reader
     */
    KafkaReader(
            ClientProperties properties,
            KafkaAdapterOptions options,
            Duration sessions,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
        this.properties = properties;
        this.options = options;
        this.sessions = sessions;
        this.receiver = receiver;
        thread = new Thread(this::run, "sockeye-kafka-reader");
        thread.setDaemon(true);
    }

    /** Starts reading; completes when no record that is written afterwards can be missed. */
    CompletableFuture<Void> start() {
        thread.start();
        return ready;
    }

    CompletableFuture<Void> ready() {
        return ready;
    }

    /** The number of records that were skipped because they are corrupt. */
    long skipped() {
        return skipped.get();
    }

    /** The number of partitions of the events topic when it was first read; 0 before it is known. */
    int partitions() {
        return partitions;
    }

    /** The offset of the next record in a partition of the events topic. */
    long next(int partition) {
        return next.getOrDefault(new TopicPartition(options.topic(), partition), 0L);
    }

    /** The problem that prevents reading; {@code null} if there is none. */
    @Nullable
    String problem() {
        String now = problem;
        if (now != null) {
            return now;
        }
        Metric metric = connections;
        boolean connected = metric != null && metric.metricValue() instanceof Number number && number.doubleValue() > 0;
        return connected ? null : "Kafka cannot be reached";
    }

    private void run() {
        while (open) {
            try {
                try (Consumer<byte[], byte[]> made = connect()) {
                    consumer = made;
                    watch(made);
                    begin(made);
                    if (corrupt >= CORRUPT_TRIES) {
                        skipCorrupt(made);
                    }
                    read(made);
                }
            } catch (WakeupException e) {
                break; // closed
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException | Error e) { // nobody would start this thread again
                fail(e);
            } finally {
                consumer = null;
                connections = null;
            }
        }
        ended.countDown();
    }

    /** Creates missing topics, and a consumer. */
    Consumer<byte[], byte[]> connect() throws InterruptedException {
        KafkaTopics.ensure(properties, options);
        return new KafkaConsumer<>(properties.consumer());
    }

    private void watch(Consumer<byte[], byte[]> made) {
        for (Metric metric : made.metrics().values()) {
            if (metric.metricName().name().equals("connection-count")
                    && metric.metricName().group().equals("consumer-metrics")) {
                connections = metric;
            }
        }
    }

    private void fail(Throwable error) {
        if (problem == null || !ready.isDone()) {
            LOG.log(
                    Level.WARNING,
                    KafkaLog.NOT_READ.text(
                            "Kafka cannot be read; sockets of this server are still served, but other servers are not"
                                    + " reached: "
                                    + error.getMessage()));
        }
        problem = "Kafka cannot be read: " + error.getMessage();
        try {
            pause();
        } catch (InterruptedException e) {
            open = false;
        }
    }

    void pause() throws InterruptedException {
        var unused = ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> made, String topic) {
        List<TopicPartition> all = new ArrayList<>();
        for (PartitionInfo partition : made.partitionsFor(topic, ANSWER)) {
            all.add(new TopicPartition(topic, partition.partition()));
        }
        if (all.isEmpty()) {
            throw new IllegalStateException("the topic " + topic + " has no partitions");
        }
        counts.put(topic, all.size());
        return all;
    }

    private void begin(Consumer<byte[], byte[]> made) {
        List<TopicPartition> fromEnd = new ArrayList<>(partitions(made, options.topic()));
        int number = fromEnd.size();
        fromEnd.addAll(partitions(made, options.requestTopic()));
        List<TopicPartition> all = new ArrayList<>(fromEnd);
        List<TopicPartition> stored = sessions.isZero() ? List.of() : partitions(made, options.sessionTopic());
        all.addAll(stored);
        made.assign(all);
        if (!begun) {
            next.clear();
            next.putAll(made.endOffsets(fromEnd, ANSWER));
            beginSessions(made, stored);
            begun = true;
        }
        for (TopicPartition partition : all) {
            made.seek(partition, next.getOrDefault(partition, 0L));
        }
        if (partitions == 0) {
            partitions = number; // it determines the partition of a namespace, and must not change
        }
        problem = null;
        endBeginning();
    }

    private void beginSessions(Consumer<byte[], byte[]> made, List<TopicPartition> stored) {
        behind.clear();
        if (stored.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> times = new HashMap<>();
        long since = System.currentTimeMillis() - sessions.toMillis();
        stored.forEach(partition -> times.put(partition, since));
        Map<TopicPartition, Long> ends = made.endOffsets(stored, ANSWER);
        made.offsetsForTimes(times, ANSWER).forEach((partition, found) -> {
            long end = ends.getOrDefault(partition, 0L);
            long from = found == null ? end : found.offset();
            next.put(partition, from);
            if (from < end) {
                behind.put(partition, end);
            }
        });
    }

    private void endBeginning() {
        behind.entrySet().removeIf(entry -> next.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
        if (behind.isEmpty()) {
            ready.complete(null);
        }
    }

    private void read(Consumer<byte[], byte[]> made) {
        while (open) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : made.poll(POLL)) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    if (!isKnown(record)) {
                        deliver(record);
                    }
                    next.put(partition, record.offset() + 1);
                    times.put(partition, record.timestamp());
                }
                if (!ready.isDone()) {
                    // transaction markers and gaps are not records, so compare positions
                    behind.keySet().forEach(partition -> next.put(partition, made.position(partition, ANSWER)));
                    endBeginning();
                }
                extend(made);
            } catch (OffsetOutOfRangeException e) {
                missed(made, e);
            } catch (KafkaException e) {
                if (CorruptRecords.isCause(e)) {
                    long now = System.nanoTime();
                    corrupt = now - corruptAt > CORRUPT_TOGETHER_NANOS ? 1 : corrupt + 1;
                    corruptAt = now;
                }
                throw e;
            }
        }
    }

    /** Reads the partitions that were added to a topic: servers and emitters that start now write to them. */
    private void extend(Consumer<byte[], byte[]> made) {
        for (Map.Entry<String, Integer> topic : counts.entrySet()) {
            List<PartitionInfo> now = made.partitionsFor(topic.getKey(), ANSWER); // known to the client
            if (now.size() > topic.getValue()) {
                topic.setValue(now.size());
                List<TopicPartition> all = new ArrayList<>(made.assignment());
                for (PartitionInfo one : now) {
                    TopicPartition partition = new TopicPartition(one.topic(), one.partition());
                    if (!all.contains(partition)) {
                        all.add(partition);
                        next.put(partition, 0L);
                    }
                }
                made.assign(all);
                all.forEach(partition -> made.seek(partition, next.getOrDefault(partition, 0L)));
                LOG.log(
                        Level.WARNING,
                        KafkaLog.PARTITIONS_ADDED.text("partitions were added to the topic " + topic.getKey()
                                + ", which has " + now.size() + " now; they are read, but events of servers that were"
                                + " started before and after have no common order until all are restarted"));
            }
        }
    }

    /** Otherwise nothing would be read any more, not even from the other partitions. */
    private void skipCorrupt(Consumer<byte[], byte[]> made) {
        for (CorruptRecords.Gap gap : new CorruptRecords(made).find(next)) {
            LOG.log(
                    Level.ERROR,
                    KafkaLog.RECORDS_CORRUPT.text("the records of " + gap.partition() + " from offset " + gap.from()
                            + " up to " + (gap.to() - 1) + " are corrupt and are skipped; the clients of this server"
                            + " miss their events"));
            skipped.addAndGet(gap.to() - gap.from());
            next.put(gap.partition(), gap.to());
        }
        corrupt = 0;
    }

    /** The next records cannot be read: continues with the first one that can. */
    void missed(Consumer<byte[], byte[]> made, OffsetOutOfRangeException error) {
        Map<TopicPartition, Long> positions = error.offsetOutOfRangePartitions();
        Map<TopicPartition, Long> firsts = made.beginningOffsets(positions.keySet(), ANSWER);
        Map<TopicPartition, Long> ends = made.endOffsets(positions.keySet(), ANSWER);
        positions.forEach((partition, position) -> {
            long first = firsts.getOrDefault(partition, 0L);
            long from = first;
            if (position < first) {
                LOG.log(
                        Level.WARNING,
                        KafkaLog.MESSAGES_DELETED.text(
                                "messages were deleted before this server read them, so its clients have missed them;"
                                        + " retention.ms of the topic is too short: " + error.getMessage()));
            } else {
                from = Math.max(
                        first, afterLoss(made, partition, Math.min(position, ends.getOrDefault(partition, 0L)), error));
                LOG.log(
                        Level.WARNING,
                        KafkaLog.MESSAGES_LOST.text(
                                "Kafka has lost messages of " + partition + " that were read before; reading"
                                        + " continues at " + from + ": " + error.getMessage()));
                lose(partition, from, position);
            }
            made.seek(partition, from);
            next.put(partition, from);
            behind.computeIfPresent(partition, (lost, end) -> Math.min(end, ends.getOrDefault(lost, 0L)));
        });
    }

    /**
     * Where to continue in a partition that has lost its last records, or was created again. Records that were read before are
     * recognized by the numbers of their senders, except those of sessions: they are stored again periodically.
     */
    private long afterLoss(
            Consumer<byte[], byte[]> made, TopicPartition partition, long end, OffsetOutOfRangeException error) {
        OffsetAndMetadata divergent = error instanceof LogTruncationException truncated
                ? truncated.divergentOffsets().get(partition)
                : null;
        if (divergent != null) {
            return Math.min(end, divergent.offset());
        }
        if (partition.topic().equals(options.sessionTopic())) {
            return end;
        }
        long since = times.getOrDefault(partition, started) - CLOCK_SKEW_MILLIS;
        OffsetAndTimestamp found =
                made.offsetsForTimes(Map.of(partition, since), ANSWER).get(partition);
        return found == null ? end : Math.min(end, found.offset());
    }

    private void lose(TopicPartition partition, long from, long to) {
        Lost before = lost.get(partition);
        lost.put(
                partition,
                before == null ? new Lost(from, to) : new Lost(Math.min(before.from, from), Math.max(before.to, to)));
    }

    /** Whether a record with this offset in the events topic was read, and lost by Kafka afterwards: another one may have its offset now. */
    boolean wasLost(int partition, long offset) {
        Lost range = lost.get(new TopicPartition(options.topic(), partition));
        return range != null && offset >= range.from && offset < range.to;
    }

    /** Whether a record was read before: the sender wrote it again because the first response was lost. */
    private boolean isKnown(ConsumerRecord<byte[], byte[]> record) {
        long number = Headers.number(record, Headers.NUMBER);
        if (number < 0) {
            return false;
        }
        String sender = Headers.text(record, Headers.SENDER) + ' ' + record.topic() + ' ' + record.partition();
        Long last = numbers.get(sender);
        if (last != null && last >= number) {
            return true;
        }
        numbers.put(sender, number);
        return false;
    }

    void deliver(ConsumerRecord<byte[], byte[]> record) {
        try {
            receiver.accept(record);
        } catch (RuntimeException | Error e) { // an error of one record must not end the thread
            LOG.log(Level.WARNING, KafkaLog.RECORD_FAILED.text("a record of Kafka failed"), e);
        }
    }

    /** Stops; blocks for a short time until no more records are delivered. */
    void close() {
        open = false;
        Consumer<byte[], byte[]> now = consumer;
        if (now != null) {
            now.wakeup();
        }
        try {
            if (!ended.await(2, TimeUnit.SECONDS)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
