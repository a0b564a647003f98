package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records that Kafka has lost or deleted, and errors of its clients. */
class KafkaLossTest {
    private static final ClientProperties PROPERTIES = new ClientProperties(Map.of("bootstrap.servers", "127.0.0.1:1"));
    private static final KafkaAdapterOptions OPTIONS = KafkaAdapterOptions.defaults();
    private static final TopicPartition EVENTS = new TopicPartition(OPTIONS.topic(), 0);
    private static final TopicPartition SESSIONS = new TopicPartition(OPTIONS.sessionTopic(), 0);

    private final KafkaReader reader = new KafkaReader(PROPERTIES, OPTIONS, Duration.ZERO, record -> {});

    /** The first record of the last minute, by partition. */
    private final Map<TopicPartition, Long> recent = new HashMap<>();

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none") {
        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                Map<TopicPartition, Long> times, Duration timeout) {
            Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
            times.forEach((partition, time) -> {
                Long offset = recent.get(partition);
                found.put(partition, offset == null ? null : new OffsetAndTimestamp(offset, time));
            });
            return found;
        }
    };

    private long continuesAt(TopicPartition partition, long first, long end, OffsetOutOfRangeException error) {
        consumer.assign(List.of(partition));
        consumer.updateBeginningOffsets(Map.of(partition, first));
        consumer.updateEndOffsets(Map.of(partition, end));
        reader.missed(consumer, error);
        return consumer.position(partition);
    }

    private static OffsetOutOfRangeException outOfRange(TopicPartition partition, long position) {
        return new OffsetOutOfRangeException(Map.of(partition, position));
    }

    /** Reading from the beginning would deliver old events again, and disconnect clients again. */
    @Test
    void theReaderContinuesWithTheRecentRecordsAfterALoss() {
        recent.put(EVENTS, 980L);
        assertThat(continuesAt(EVENTS, 0, 990, outOfRange(EVENTS, 1_000))).isEqualTo(980);
        assertThat(reader.next(0)).isEqualTo(980);
    }

    @Test
    void theReaderContinuesAtTheEndOfAQuietPartitionAfterALoss() {
        assertThat(continuesAt(EVENTS, 0, 990, outOfRange(EVENTS, 1_000))).isEqualTo(990);
    }

    @Test
    void theReaderContinuesWithTheFirstRecordOfATopicThatWasCreatedAgain() {
        recent.put(EVENTS, 0L);
        assertThat(continuesAt(EVENTS, 0, 3, outOfRange(EVENTS, 1_000))).isZero();
    }

    @Test
    void theReaderContinuesWhereTheNewLeaderDiffers() {
        recent.put(EVENTS, 10L);
        assertThat(continuesAt(
                        EVENTS,
                        0,
                        1_005,
                        new LogTruncationException(Map.of(EVENTS, 1_000L), Map.of(EVENTS, new OffsetAndMetadata(990)))))
                .isEqualTo(990);
    }

    /** A session that is read again would be taken for a stale one, and disconnect its client. */
    @Test
    void sessionsAreNotReadAgainAfterALoss() {
        recent.put(SESSIONS, 10L);
        assertThat(continuesAt(SESSIONS, 0, 990, outOfRange(SESSIONS, 1_000))).isEqualTo(990);
    }

    @Test
    void theReaderContinuesWithTheFirstRecordIfEarlierOnesWereDeleted() {
        assertThat(continuesAt(EVENTS, 500, 990, outOfRange(EVENTS, 100))).isEqualTo(500);
        assertThat(reader.wasLost(0, 100)).isFalse();
    }

    private boolean recovers(KafkaReplays replays, long after, List<String> received) throws Exception {
        return replays.readAfter(0, after, "/", (offset, message) -> received.add(offset))
                .get(20, TimeUnit.SECONDS);
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, byte @Nullable [] value) {
        return new ConsumerRecord<>(EVENTS.topic(), 0, offset, Headers.bytes("/"), value);
    }

    private MockConsumer<byte[], byte[]> log(int first, int end) {
        MockConsumer<byte[], byte[]> made = new MockConsumer<>("none");
        made.updateBeginningOffsets(Map.of(EVENTS, (long) first));
        made.updateEndOffsets(Map.of(EVENTS, (long) end));
        byte[] value =
                ClusterCodec.encode(new ClusterMessage.SocketsJoin("other", "/", BroadcastOptions.ALL, Set.of("room")));
        made.schedulePollTask(() -> {
            for (int offset = first; offset < end; offset++) {
                made.addRecord(record(offset, offset == first + 1 ? null : value));
            }
        });
        return made;
    }

    private KafkaReplays replays(int first, int end) {
        return new KafkaReplays(PROPERTIES, EVENTS.topic(), reader) {
            @Override
            Consumer<byte[], byte[]> connect() {
                return log(first, end);
            }
        };
    }

    /** Another event may have its offset now. */
    @Test
    void aClientWhoseLastEventWasLostIsNotRecovered() throws Exception {
        continuesAt(EVENTS, 0, 990, outOfRange(EVENTS, 1_000));
        KafkaReplays replays = replays(0, 1_010);
        try {
            List<String> received = new ArrayList<>();
            assertThat(recovers(replays, 995, received)).isFalse();
            assertThat(received).isEmpty();
        } finally {
            replays.close();
        }
    }

    @Test
    void aRecordWithoutAValueDoesNotPreventARecovery() throws Exception {
        KafkaReplays replays = replays(0, 5);
        try {
            List<String> received = new ArrayList<>();
            assertThat(recovers(replays, 0, received)).isTrue();
            assertThat(received).hasSize(3);
        } finally {
            replays.close();
        }
    }

    @Test
    void anErrorInOneRecoveryDoesNotStopTheNext() throws Exception {
        KafkaReplays replays = replays(0, 5);
        try {
            CompletableFuture<Boolean> failed = replays.readAfter(0, 0, "/", (offset, message) -> {
                throw new StackOverflowError("expected in the log of this test");
            });
            assertThat(failed.get(20, TimeUnit.SECONDS)).isFalse();
            assertThat(recovers(replays, 0, new ArrayList<>())).isTrue();
        } finally {
            replays.close();
        }
    }

    private static Producer<byte[], byte[]> producer(RuntimeException failure, boolean first) {
        Node node = new Node(0, "127.0.0.1", 1);
        Cluster cluster = new Cluster(
                "cluster",
                List.of(node),
                List.of(new PartitionInfo("topic", 0, node, new Node[] {node}, new Node[] {node})),
                Set.of(),
                Set.of());
        return new MockProducer<>(cluster, true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
                if (first) {
                    throw failure;
                }
                return super.send(record, callback);
            }
        };
    }

    @Test
    void anExceptionOfTheProducerDoesNotStopTheWriter() throws Exception {
        List<Boolean> made = new ArrayList<>();
        KafkaWriter writer = new KafkaWriter(PROPERTIES, 1024 * 1024) {
            @Override
            Producer<byte[], byte[]> connect() {
                made.add(true);
                return producer(new IllegalStateException("expected in the log of this test"), made.size() == 1);
            }
        };
        LinkedBlockingQueue<String> stored = new LinkedBlockingQueue<>();
        writer.start();
        try {
            writer.add(new KafkaWriter.Entry(
                    "topic", 0, new byte[0], new byte[0], true, error -> stored.add(String.valueOf(error))));
            assertThat(stored.poll(20, TimeUnit.SECONDS)).isEqualTo("null");
        } finally {
            writer.close(Duration.ZERO);
        }
    }
}
