package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.Peer.To;
import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** More events at a time than are sent to Redis at a time: the rest is queued. */
class StreamsOrderTest {
    private static final int EVENTS = 4_000;
    private static final int EMITTERS = 3;

    @Test
    void eventsOfEachThreadReachOtherServersInOrderWhenManyAreQueued() throws Exception {
        try (RedisProcess redis = RedisProcess.embedded();
                Cluster cluster = new Cluster()) {
            RedisStreamsAdapterOptions options =
                    RedisStreamsAdapterOptions.builder().maxLen(100_000).build();
            for (int i = 0; i < 2; i++) {
                cluster.peers.add(
                        new JavaPeer(RedisStreamsAdapter.create(RedisURI.create(redis.uri()), options), null));
            }
            int client = cluster.client(cluster.peers.get(1).url(), Map.of());
            cluster.ready();
            CountDownLatch done = new CountDownLatch(EMITTERS);
            for (int t = 0; t < EMITTERS; t++) {
                String event = "of " + t;
                new Thread(() -> {
                            for (int n = 0; n < EVENTS; n++) {
                                cluster.peers.get(0).emit(To.ALL, event, n);
                            }
                            done.countDown();
                        })
                        .start();
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            List<Object> seen = cluster.received(client, EMITTERS * EVENTS);
            for (int t = 0; t < EMITTERS; t++) {
                String event = "of " + t;
                assertThat(seen.stream()
                                .map(one -> (List<?>) one)
                                .filter(one -> one.get(0).equals(event))
                                .map(one -> ((Number) one.get(1)).intValue()))
                        .containsExactlyElementsOf(
                                IntStream.range(0, EVENTS).boxed().toList());
            }
        }
    }
}
