package dev.sockeye.kafka;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.DecodeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events that clients have missed, on its own thread and consumer, which are created for the first such client.
 * Clients that reconnect at the same time (because a server was killed) are served by one read from the oldest of their
 * offsets.
 */
class KafkaReplays {
    private static final Logger LOG = System.getLogger(KafkaAdapter.class.getName());
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int MOST = 10_000;
    private static final int MOST_RECORDS = 200_000;
    private static final long LONGEST_NANOS = Duration.ofSeconds(4).toNanos();

    private record Request(
            int partition,
            long after,
            String namespace,
            BiConsumer<String, ClusterMessage> reader,
            CompletableFuture<Boolean> complete) {}

    private final ClientProperties properties;
    private final String topic;
    private final KafkaReader live;
    private @Nullable Consumer<byte[], byte[]> consumer; // accessed only by the thread

    @GuardedBy("this")
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private @Nullable Thread thread;

    @GuardedBy("this")
    private boolean closed;

    KafkaReplays(ClientProperties properties, String topic, KafkaReader live) {
        this.properties = properties;
        this.topic = topic;
        this.live = live;
    }

    /**
     * Reads the messages of a namespace after an offset; completes with false if some of them no longer exist or the read takes too long.
     */
    CompletableFuture<Boolean> readAfter(
            int partition, long after, String namespace, BiConsumer<String, ClusterMessage> reader) {
        Request request = new Request(partition, after, namespace, reader, new CompletableFuture<>());
        Thread made = null;
        synchronized (this) {
            if (closed || waiting.size() >= MOST) {
                return CompletableFuture.completedFuture(false);
            }
            waiting.add(request);
            notifyAll();
            if (thread == null) {
                made = new Thread(this::run, "sockeye-kafka-replays");
                made.setDaemon(true);
                thread = made;
            }
        }
        if (made != null) {
            made.start();
        }
        return request.complete;
    }

    private void run() {
        try {
            while (true) {
                List<Request> together = next();
                if (together.isEmpty()) {
                    break;
                }
                serve(together);
            }
        } catch (InterruptedException e) {
            // closed
        } finally {
            closeConsumer();
        }
    }

    /** The requests for one partition; empty if closed. */
    private synchronized List<Request> next() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        List<Request> together = new ArrayList<>();
        if (!closed) {
            int partition = waiting.element().partition;
            waiting.removeIf(request -> request.partition == partition && together.add(request));
        }
        return together;
    }

    private void serve(List<Request> together) {
        boolean complete = false;
        try {
            Consumer<byte[], byte[]> now = consumer;
            if (now == null) {
                now = connect();
                consumer = now;
            }
            complete = read(now, new TopicPartition(topic, together.get(0).partition), together);
        } catch (RuntimeException | Error e) { // nobody would start this thread again
            LOG.log(
                    Level.WARNING,
                    KafkaLog.NOT_RECOVERED.text(
                            "missed messages cannot be read, clients are not recovered: " + e.getMessage()));
            closeConsumer();
        } finally {
            for (Request request : together) {
                request.complete.complete(complete); // no effect on those that have already failed
            }
        }
    }

    Consumer<byte[], byte[]> connect() {
        return new KafkaConsumer<>(properties.consumer());
    }

    private boolean read(Consumer<byte[], byte[]> now, TopicPartition partition, List<Request> together) {
        now.assign(List.of(partition));
        long first = now.beginningOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L);
        // everything delivered here must be included, even if the brokers have just elected a new leader
        long end = Math.max(
                now.endOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L),
                live.next(partition.partition()));
        long from = end;
        for (Request request : together) {
            if (request.after + 1 < first
                    || request.after + 1 > end
                    || live.wasLost(partition.partition(), request.after)) {
                request.complete.complete(false);
            } else {
                from = Math.min(from, request.after + 1);
            }
        }
        now.seek(partition, from);
        Map<String, Long> numbers = new HashMap<>();
        long limit = System.nanoTime() + LONGEST_NANOS;
        int read = 0;
        while (now.position(partition, ANSWER) < end) {
            for (ConsumerRecord<byte[], byte[]> record : now.poll(POLL)) {
                read++;
                if (isNew(record, numbers)) {
                    give(record, together);
                }
            }
            if (System.nanoTime() > limit || read > MOST_RECORDS) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNew(ConsumerRecord<byte[], byte[]> record, Map<String, Long> numbers) {
        long number = Headers.number(record, Headers.NUMBER);
        if (number < 0) {
            return true;
        }
        Long last = numbers.get(Headers.text(record, Headers.SENDER));
        if (last != null && last >= number) {
            return false;
        }
        numbers.put(Headers.text(record, Headers.SENDER), number);
        return true;
    }

    private static void give(ConsumerRecord<byte[], byte[]> record, List<Request> together) {
        String namespace = Headers.key(record);
        ClusterMessage message = null;
        for (Request request : together) {
            if (request.complete.isDone() || record.offset() <= request.after || !request.namespace.equals(namespace)) {
                continue;
            }
            if (message == null) {
                try {
                    byte[] value = record.value();
                    message = value == null ? null : ClusterCodec.decode(value);
                } catch (DecodeException e) {
                    return; // already counted on arrival
                }
                if (message == null) {
                    return;
                }
            }
            request.reader.accept(Offsets.text(record.partition(), record.offset()), message);
        }
    }

    private void closeConsumer() {
        Consumer<byte[], byte[]> now = consumer;
        consumer = null;
        if (now != null) {
            try {
                now.close();
            } catch (KafkaException e) {
                LOG.log(Level.DEBUG, "the consumer of missed messages did not close", e);
            }
        }
    }

    void close() {
        Thread running;
        List<Request> left;
        synchronized (this) {
            closed = true;
            running = thread;
            left = new ArrayList<>(waiting);
            waiting.clear();
            notifyAll();
        }
        left.forEach(request -> request.complete.complete(false));
        if (running != null) {
            running.interrupt();
        }
    }
}
