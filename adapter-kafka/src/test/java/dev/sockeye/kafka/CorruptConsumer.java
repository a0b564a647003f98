package dev.sockeye.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** A consumer of a topic with corrupt batches: at each position inside one, {@code poll} fails, and does not move the position. */
class CorruptConsumer extends SimulatedConsumer {
    private final List<ConsumerRecord<byte[], byte[]>> stored;
    private final List<long[]> corrupt;
    private final String topic;
    private volatile boolean woken;

    /** @param corrupt the first and the last offset of each corrupt batch of the topic */
    CorruptConsumer(List<ConsumerRecord<byte[], byte[]>> records, String topic, List<long[]> corrupt, long end) {
        super(records, 0, end);
        this.stored = records;
        this.topic = topic;
        this.corrupt = corrupt;
    }

    @Override
    public synchronized void wakeup() {
        woken = true;
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (woken) {
            throw new WakeupException();
        }
        for (TopicPartition partition : assignment()) {
            if (paused().contains(partition)) {
                continue;
            }
            long position = position(partition);
            if (partition.topic().equals(topic)
                    && corrupt.stream().anyMatch(batch -> position >= batch[0] && position <= batch[1])) {
                throw new KafkaException("a corrupt batch, expected in the log of this test");
            }
            for (ConsumerRecord<byte[], byte[]> record : stored) {
                if (partition.equals(new TopicPartition(record.topic(), record.partition()))
                        && record.offset() >= position) {
                    seek(partition, record.offset() + 1);
                    return new ConsumerRecords<>(Map.of(partition, List.of(record)), Map.of());
                }
            }
        }
        LockSupport.parkNanos(1_000_000); // it does not wait for records
        return ConsumerRecords.empty();
    }
}
