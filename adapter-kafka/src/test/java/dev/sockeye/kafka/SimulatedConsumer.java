package dev.sockeye.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A consumer of topics with one partition each at first, whose records are a list. */
class SimulatedConsumer extends MockConsumer<byte[], byte[]> {
    private final List<ConsumerRecord<byte[], byte[]>> records;
    private final long first;
    private final long end;

    /** The number of partitions of each topic. */
    volatile int partitions = 1;

    /**
     * @param first the first offset of each topic that was not deleted
     * @param end the next offset of each topic when the consumer begins to read
     */
    SimulatedConsumer(List<ConsumerRecord<byte[], byte[]>> records, long first, long end) {
        super("none");
        this.records = records;
        this.first = first;
        this.end = end;
        setMaxPollRecords(1);
    }

    /** @param number the sender's number; negative for none */
    static ConsumerRecord<byte[], byte[]> record(String topic, long offset, byte[] value, long number) {
        return record(topic, 0, offset, value, number);
    }

    static ConsumerRecord<byte[], byte[]> record(String topic, int partition, long offset, byte[] value, long number) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(Headers.SENDER, Headers.bytes("sender"));
        if (number >= 0) {
            headers.add(Headers.NUMBER, Headers.bytes(number));
        }
        byte[] key = "/".getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                offset,
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new PartitionInfo(topic, partition, null, null, null))
                .toList();
    }

    @Override
    public synchronized void assign(Collection<TopicPartition> partitions) {
        super.assign(partitions);
        for (TopicPartition partition : partitions) {
            updateBeginningOffsets(Map.of(partition, first));
            updateEndOffsets(Map.of(partition, end));
        }
        records.stream()
                .filter(record -> partitions.contains(new TopicPartition(record.topic(), record.partition())))
                .forEach(this::addRecord);
    }

    /** Only the last 4 records before the end are new enough. */
    @Override
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times, Duration timeout) {
        Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
        times.forEach((partition, time) -> found.put(partition, new OffsetAndTimestamp(end - 4, time)));
        return found;
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        ConsumerRecords<byte[], byte[]> some = super.poll(timeout);
        if (some.isEmpty()) {
            LockSupport.parkNanos(1_000_000); // it does not wait for records
        }
        return some;
    }
}
