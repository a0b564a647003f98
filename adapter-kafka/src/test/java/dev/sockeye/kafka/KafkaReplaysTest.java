package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Reads missed events with a simulated consumer. */
class KafkaReplaysTest {
    private static final long END = 10;
    private static final ClientProperties PROPERTIES = new ClientProperties(Map.of("bootstrap.servers", "127.0.0.1:1"));
    private static final byte[] MESSAGE =
            ClusterCodec.encode(new ClusterMessage.SocketsJoin("sender", "/", BroadcastOptions.ALL, Set.of("room")));

    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final List<String> offsets = new ArrayList<>();
    private final CompletableFuture<Void> connected = new CompletableFuture<>();

    private KafkaReplays replays(long first) {
        KafkaReader live = new KafkaReader(PROPERTIES, KafkaAdapterOptions.defaults(), Duration.ZERO, record -> {});
        return new KafkaReplays(PROPERTIES, "topic", live) {
            @Override
            Consumer<byte[], byte[]> connect() {
                connected.join();
                return new SimulatedConsumer(records, first, END);
            }
        };
    }

    /** Returns whether the events after an offset were all read; {@code first} is the first one that was not deleted. */
    private boolean readAfter(long after, long first) {
        connected.complete(null);
        KafkaReplays replays = replays(first);
        try {
            return replays.readAfter(0, after, "/", (offset, message) -> offsets.add(offset))
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        } finally {
            replays.close();
        }
    }

    private void add(long offset, long number) {
        records.add(SimulatedConsumer.record("topic", offset, MESSAGE, number));
    }

    @Test
    void allEventsAfterTheOffsetAreReadUpToTheEnd() {
        for (int offset = 5; offset < END; offset++) {
            add(offset, offset);
        }
        assertThat(readAfter(6, 5)).isTrue();
        assertThat(offsets).containsExactly("0.7", "0.8", "0.9");
    }

    @Test
    void eventsWrittenTwiceAreReadOnce() {
        add(6, 1);
        add(7, 2);
        add(8, 1);
        add(9, 3);
        assertThat(readAfter(5, 5)).isTrue();
        assertThat(offsets).containsExactly("0.6", "0.7", "0.9");
    }

    @Test
    void aClientThatMissedADeletedEventIsNotRecovered() {
        add(9, 1);
        assertThat(readAfter(7, 9)).isFalse();
        assertThat(offsets).isEmpty();
        assertThat(readAfter(8, 9)).as("all missed events are left").isTrue();
        assertThat(offsets).containsExactly("0.9");
    }

    @Test
    void anOffsetBehindTheEndIsNotRecovered() {
        assertThat(readAfter(END, 0)).isFalse();
        assertThat(readAfter(END - 1, 0)).isTrue();
    }

    @Test
    void clientsThatAreRecoveredByOneReadGetTheirOwnMissedEvents() {
        for (int offset = 5; offset < END; offset++) {
            add(offset, offset);
        }
        KafkaReplays replays = replays(5);
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        Map<Long, List<String>> read = new ConcurrentHashMap<>();
        for (long after : new long[] {9, 3, 6, 8}) { // the first one connects, and the others wait
            read.put(after, new CopyOnWriteArrayList<>());
            all.add(replays.readAfter(
                    0, after, "/", (offset, message) -> read.get(after).add(offset)));
        }
        connected.complete(null);
        assertThat(all.stream().map(one -> one.orTimeout(20, TimeUnit.SECONDS).join()))
                .containsExactly(true, false, true, true);
        replays.close();
        assertThat(read)
                .isEqualTo(Map.of(9L, List.of(), 3L, List.of(), 6L, List.of("0.7", "0.8", "0.9"), 8L, List.of("0.9")));
    }
}
