package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads from simulated consumers. */
class KafkaReaderTest {
    private static final KafkaAdapterOptions OPTIONS = KafkaAdapterOptions.defaults();
    private static final ClientProperties PROPERTIES = new ClientProperties(Map.of("bootstrap.servers", "127.0.0.1:1"));

    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final LinkedBlockingQueue<Long> offsets = new LinkedBlockingQueue<>();
    private final List<Long> afterReady = new CopyOnWriteArrayList<>();
    private final ArrayDeque<SimulatedConsumer> consumers = new ArrayDeque<>();
    private Supplier<Consumer<byte[], byte[]>> next = consumers::remove;
    private KafkaReader reader;

    @AfterEach
    void close() {
        reader.close();
    }

    private void add(String topic, long offset, long number) {
        records.add(SimulatedConsumer.record(topic, offset, new byte[0], number));
    }

    /** The next consumer, with the records added so far. */
    private SimulatedConsumer consumer(long end) {
        SimulatedConsumer consumer = new SimulatedConsumer(List.copyOf(records), 0, end);
        consumers.add(consumer);
        return consumer;
    }

    private void start(Duration sessions) {
        reader = new KafkaReader(PROPERTIES, OPTIONS, sessions, this::onRecord) {
            @Override
            Consumer<byte[], byte[]> connect() {
                return next.get();
            }

            @Override
            void pause() {}
        };
        reader.start().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private void onRecord(ConsumerRecord<byte[], byte[]> record) {
        if (reader.ready().isDone()) {
            afterReady.add(record.offset());
        }
        offsets.add(record.offset());
    }

    private List<Long> take(int number) throws InterruptedException {
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            taken.add(offsets.poll(20, TimeUnit.SECONDS));
        }
        return taken;
    }

    @Test
    void recordsBeforeTheStartAreNotReadAndThoseWrittenTwiceAreReadOnce() throws Exception {
        add(OPTIONS.topic(), 9, 1);
        add(OPTIONS.topic(), 10, 2);
        add(OPTIONS.topic(), 11, 3);
        add(OPTIONS.topic(), 12, 2);
        add(OPTIONS.topic(), 13, 3);
        add(OPTIONS.topic(), 14, 4);
        consumer(10);
        start(Duration.ZERO);
        assertThat(take(3)).containsExactly(10L, 11L, 14L);
    }

    @Test
    void readingContinuesAtThePreviousPositionAfterAFailure() throws Exception {
        add(OPTIONS.topic(), 10, 1);
        SimulatedConsumer failing = consumer(10);
        failing.schedulePollTask(() -> {}); // reads the record
        failing.schedulePollTask(
                () -> failing.setPollException(new KafkaException("expected in the log of this test")));
        add(OPTIONS.topic(), 11, 2);
        add(OPTIONS.topic(), 12, 3);
        consumer(13); // both were written in the meantime
        start(Duration.ZERO);
        assertThat(take(3)).containsExactly(10L, 11L, 12L);
    }

    @Test
    void readingContinuesWithTheFirstRecordThatWasNotDeleted() throws Exception {
        add(OPTIONS.topic(), 12, 1);
        add(OPTIONS.topic(), 13, 2);
        SimulatedConsumer consumer = consumer(10);
        TopicPartition partition = new TopicPartition(OPTIONS.topic(), 0);
        consumer.schedulePollTask(() -> {
            consumer.updateBeginningOffsets(Map.of(partition, 12L));
            consumer.updateEndOffsets(Map.of(partition, 14L));
            consumer.setPollException(new OffsetOutOfRangeException(Map.of(partition, 10L)));
        });
        start(Duration.ZERO);
        assertThat(take(2)).containsExactly(12L, 13L);
    }

    @Test
    void theReaderIsReadyWhenItHasReadTheStoredSessionsThatMayBeValid() throws Exception {
        for (int offset = 0; offset < 10; offset++) {
            add(OPTIONS.sessionTopic(), offset, -1);
        }
        add(OPTIONS.sessionTopic(), 10, -1);
        consumer(10);
        start(Duration.ofMinutes(1));
        assertThat(take(5)).containsExactly(6L, 7L, 8L, 9L, 10L);
        assertThat(afterReady).as("read after it was ready").containsExactly(10L);
    }

    /** Each attempt reads from where it failed, so the reader would repeat it forever. */
    @Test
    void corruptRecordsAreSkippedAndCountedAfterSomeAttempts() throws Exception {
        for (int offset = 10; offset < 60; offset++) {
            add(OPTIONS.topic(), offset, offset);
        }
        records.removeIf(record -> record.offset() >= 20 && record.offset() <= 32);
        add(OPTIONS.requestTopic(), 10, 1);
        AtomicInteger attempts = new AtomicInteger();
        next = () -> new CorruptConsumer(
                List.copyOf(records),
                OPTIONS.topic(),
                List.of(new long[] {20, 26}, new long[] {27, 32}),
                attempts.incrementAndGet() == 1 ? 10 : 60); // where it begins, and the end of the topic later
        start(Duration.ZERO);
        List<Long> read = take(38);
        assertThat(read).containsOnlyOnce(19L, 33L, 59L).doesNotContainNull();
        assertThat(reader.skipped()).isEqualTo(13);
        assertThat(attempts).hasValue(6);
    }

    @Test
    void aGoodBatchBetweenTwoCorruptOnesIsRead() throws Exception {
        for (int offset = 10; offset < 80; offset++) {
            add(OPTIONS.topic(), offset, offset);
        }
        records.removeIf(record ->
                (record.offset() >= 20 && record.offset() <= 26) || (record.offset() >= 28 && record.offset() <= 60));
        AtomicInteger attempts = new AtomicInteger();
        next = () -> new CorruptConsumer(
                List.copyOf(records),
                OPTIONS.topic(),
                List.of(new long[] {20, 26}, new long[] {28, 60}),
                attempts.incrementAndGet() == 1 ? 10 : 80);
        start(Duration.ZERO);
        assertThat(take(30)).contains(27L);
        assertThat(reader.skipped()).isEqualTo(40);
    }

    /** The beginning is read in several attempts: each continues where the one before has failed. */
    @Test
    void corruptSessionsAreSkippedBeforeTheReaderIsReady() throws Exception {
        for (int offset = 0; offset < 10; offset++) {
            add(OPTIONS.sessionTopic(), offset, -1);
        }
        records.removeIf(record -> record.offset() == 7 || record.offset() == 9);
        next = () -> new CorruptConsumer(
                List.copyOf(records), OPTIONS.sessionTopic(), List.of(new long[] {7, 7}, new long[] {9, 9}), 10);
        start(Duration.ofMinutes(1));
        assertThat(offsets).containsExactly(6L, 8L);
        assertThat(reader.skipped()).isEqualTo(2);
    }

    @Test
    void theReaderIsReadyIfKafkaLosesTheStoredSessions() {
        SimulatedConsumer consumer = consumer(10);
        TopicPartition stored = new TopicPartition(OPTIONS.sessionTopic(), 0);
        consumer.schedulePollTask(() -> {
            consumer.updateEndOffsets(Map.of(stored, 3L));
            consumer.setPollException(new OffsetOutOfRangeException(Map.of(stored, 6L)));
        });
        start(Duration.ofMinutes(1));
        assertThat(reader.problem()).isNotEqualTo("Kafka was not reached yet");
    }

    /** It is read again later, when the deleted records are reported. */
    @Test
    void corruptRecordsAreSkippedWhileThoseOfAnotherTopicAreDeleted() throws Exception {
        add(OPTIONS.topic(), 10, 1);
        add(OPTIONS.topic(), 12, 2);
        TopicPartition events = new TopicPartition(OPTIONS.topic(), 0);
        TopicPartition requests = new TopicPartition(OPTIONS.requestTopic(), 0);
        AtomicInteger attempts = new AtomicInteger();
        next = () ->
                new CorruptConsumer(
                        List.copyOf(records),
                        OPTIONS.topic(),
                        List.<long[]>of(new long[] {11, 11}),
                        attempts.incrementAndGet() == 1 ? 10 : 13) {
                    @Override
                    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                        if (paused().contains(events) && !paused().contains(requests)) {
                            throw new OffsetOutOfRangeException(Map.of(requests, 10L));
                        }
                        return super.poll(timeout);
                    }
                };
        start(Duration.ZERO);
        assertThat(take(2)).containsExactly(10L, 12L);
    }

    @Test
    void partitionsAddedToATopicAreReadFromTheirBeginning() throws Exception {
        add(OPTIONS.topic(), 10, 1);
        records.add(SimulatedConsumer.record(OPTIONS.topic(), 1, 0, new byte[0], 2));
        records.add(SimulatedConsumer.record(OPTIONS.topic(), 1, 1, new byte[0], 3));
        SimulatedConsumer consumer = consumer(10);
        start(Duration.ZERO);
        assertThat(take(1)).containsExactly(10L);
        consumer.partitions = 2;
        assertThat(take(2)).containsExactly(0L, 1L);
        assertThat(reader.partitions())
                .as("the partition of a namespace does not change")
                .isOne();
    }
}
