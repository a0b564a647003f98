package dev.sockeye.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds records that are corrupt on the disk of a broker, which the client can neither read nor skip. The client does not tell where
 * they are in a form that programs can rely on, so each partition is tried alone.
 */
final class CorruptRecords {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** So many offsets are tried one after another: longer steps could skip a good batch between two corrupt ones. */
    private static final int ONE_BY_ONE = 1_000;

    /**
     * Records that cannot be read.
     *
     * @param from the offset of the first one
     * @param to the next offset that can be read
     */
    record Gap(TopicPartition partition, long from, long to) {}

    private final Consumer<byte[], byte[]> consumer;

    CorruptRecords(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Whether this is the error of {@code poll} for a corrupt record; all others have their own class. */
    static boolean isCause(KafkaException error) {
        return error.getClass() == KafkaException.class;
    }

    /**
     * Returns the partitions that cannot be read at their position. The consumer continues after the gaps.
     *
     * @param next the positions
     */
    List<Gap> find(Map<TopicPartition, Long> next) {
        Set<TopicPartition> all = Set.copyOf(consumer.assignment());
        Map<TopicPartition, Long> ends = consumer.endOffsets(all, ANSWER);
        List<Gap> gaps = new ArrayList<>();
        consumer.pause(all);
        for (TopicPartition partition : all) {
            long from = next.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, 0L);
            long to = from;
            consumer.resume(List.of(partition));
            if (from < end && !isReadable(partition, from)) {
                to = nextReadable(partition, from, end);
                gaps.add(new Gap(partition, from, to));
            }
            consumer.pause(List.of(partition));
            consumer.seek(partition, to);
        }
        consumer.resume(all);
        return gaps;
    }

    private long nextReadable(TopicPartition partition, long from, long end) {
        long bad = from;
        long good = from + 1;
        while (good < end && good - from <= ONE_BY_ONE && !isReadable(partition, good)) {
            bad = good++;
        }
        if (good - from <= ONE_BY_ONE) {
            return good;
        }
        for (long step = 1; good < end && !isReadable(partition, good); step *= 2) {
            bad = good;
            good = Math.min(end, good + step);
        }
        while (good - bad > 1) {
            long middle = bad + (good - bad) / 2;
            if (isReadable(partition, middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    private boolean isReadable(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
        try {
            consumer.poll(ANSWER); // is read again later
            return true;
        } catch (OffsetOutOfRangeException e) {
            return true; // the reader handles it later
        } catch (KafkaException e) {
            if (!isCause(e)) {
                throw e;
            }
            return false;
        }
    }
}
