package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes to simulated producers. */
class KafkaWriterTest {
    private static final Cluster CLUSTER = new Cluster(
            null,
            List.of(new Node(0, "127.0.0.1", 1)),
            List.of(new PartitionInfo("topic", 0, null, null, null)),
            Set.of(),
            Set.of());

    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final KafkaWriter writer =
            new KafkaWriter(new ClientProperties(Map.of("bootstrap.servers", "127.0.0.1:1")), 10_000) {
                @Override
                Producer<byte[], byte[]> connect() {
                    MockProducer<byte[], byte[]> made = new MockProducer<>(
                            CLUSTER,
                            false,
                            new RoundRobinPartitioner(),
                            new ByteArraySerializer(),
                            new ByteArraySerializer());
                    producers.add(made);
                    return made;
                }
            };

    @BeforeEach
    void start() {
        writer.start();
    }

    @AfterEach
    void close() {
        writer.close(Duration.ZERO);
    }

    private boolean add(int number, boolean durable) {
        return writer.add(new KafkaWriter.Entry("topic", 0, new byte[0], new byte[] {(byte) number}, durable, error -> {
            ended.add(number + result(error));
        }));
    }

    private static String result(@Nullable Exception error) {
        return error == null ? " stored" : " " + error.getMessage();
    }

    /** The values that the newest producer has got. */
    private List<Integer> written(int producer) {
        List<Integer> written = new ArrayList<>();
        if (producers.size() > producer) {
            producers.get(producer).history().forEach(record -> written.add((int) record.value()[0]));
        }
        return written;
    }

    private static void until(Runnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion::run);
    }

    @Test
    void rejectedRecordsAreWrittenAgainInOrderBeforeLaterOnes() {
        for (int number = 1; number <= 3; number++) {
            add(number, true);
        }
        until(() -> assertThat(written(0)).containsExactly(1, 2, 3));
        MockProducer<byte[], byte[]> first = producers.get(0);
        first.errorNext(new KafkaException("expected in the log of this test"));
        add(4, true);
        first.errorNext(new KafkaException("the second"));
        first.errorNext(new KafkaException("the third"));
        until(() -> assertThat(written(1)).containsExactly(1, 2, 3, 4));
        assertThat(ended).isEmpty();
        assertThat(writer.problem()).isNotNull();
        for (int number = 1; number <= 4; number++) {
            producers.get(1).completeNext();
        }
        assertThat(ended).containsExactly("1 stored", "2 stored", "3 stored", "4 stored");
        assertThat(writer.outstanding()).isZero();
        assertThat(writer.problem()).isNull();
        assertThat(writer.lost()).isZero();
    }

    @Test
    void onlyDurableRecordsThatCanBeStoredAreWrittenAgain() {
        add(1, true);
        add(2, false);
        until(() -> assertThat(written(0)).containsExactly(1, 2));
        producers.get(0).errorNext(new RecordTooLargeException("too large, expected in the log of this test"));
        assertThat(writer.lost()).isOne();
        producers.get(0).errorNext(new KafkaException("not now"));
        assertThat(writer.lost()).as("a request is not counted").isOne();
        assertThat(ended).containsExactly("1 too large, expected in the log of this test", "2 not now");
        assertThat(writer.outstanding()).isZero();
    }

    @Test
    void recordsOverTheLimitAreRefusedAndCounted() {
        int accepted = 0;
        while (add(0, true)) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(10_000 / 151);
        assertThat(writer.lost()).isOne();
    }

    @Test
    void recordsThatAreLeftAtTheEndAreCounted() {
        add(1, true);
        add(2, true);
        until(() -> assertThat(written(0)).containsExactly(1, 2));
        producers.get(0).errorNext(new KafkaException("expected in the log of this test"));
        add(3, true);
        add(4, false);
        writer.close(Duration.ZERO); // 2 is under way, and its producer ends it
        assertThat(writer.lost()).isEqualTo(2);
        assertThat(writer.outstanding()).isOne();
    }

    @Test
    void recordsThatAreLeftAtTheEndFail() {
        add(1, true);
        until(() -> assertThat(written(0)).containsExactly(1));
        producers.get(0).errorNext(new KafkaException("expected in the log of this test"));
        writer.close(Duration.ZERO);
        assertThat(ended).containsExactly("1 the connection to Kafka was closed before");
    }

    /** An emitter is closed by a thread of the application. */
    @Test
    void anInterruptedCloseRefusesLaterRecords() {
        add(1, true);
        Thread.currentThread().interrupt();
        writer.close(Duration.ofSeconds(20));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(add(2, true)).isFalse();
    }
}
