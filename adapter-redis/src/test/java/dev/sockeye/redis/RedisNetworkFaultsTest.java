package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.Peer.To;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Three servers with a client each, for each adapter; the connection of the second one to Redis is slow, or cut. */
class RedisNetworkFaultsTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    enum Kind {
        PUBSUB {
            @Override
            AdapterFactory adapter(String uri) {
                return RedisAdapter.create(
                        RedisURI.create(uri),
                        RedisAdapterOptions.builder().requestsTimeout(LIMIT).build());
            }
        },
        SHARDED {
            @Override
            AdapterFactory adapter(String uri) {
                return ShardedRedisAdapter.create(
                        RedisURI.create(uri),
                        ShardedRedisAdapterOptions.builder()
                                .requestsTimeout(LIMIT)
                                .build());
            }

            @Override
            @Nullable
            RedisProcess redis() throws Exception {
                return RedisProcess.seven();
            }
        },
        STREAMS {
            @Override
            AdapterFactory adapter(String uri) {
                return RedisStreamsAdapter.create(
                        RedisURI.create(uri),
                        RedisStreamsAdapterOptions.builder()
                                .requestsTimeout(LIMIT)
                                .build());
            }
        },
        STREAMS_WITH_RECOVERY {
            @Override
            AdapterFactory adapter(String uri) {
                return STREAMS.adapter(uri);
            }

            @Override
            @Nullable
            ConnectionStateRecovery recovery() {
                return ConnectionStateRecovery.defaults();
            }
        };

        abstract AdapterFactory adapter(String uri);

        @Nullable
        RedisProcess redis() throws Exception {
            return RedisProcess.embedded();
        }

        @Nullable
        ConnectionStateRecovery recovery() {
            return null;
        }

        boolean losesNothing() {
            return this == STREAMS || this == STREAMS_WITH_RECOVERY;
        }
    }

    private final List<AutoCloseable> closing = new ArrayList<>();
    private Partition way;
    private Cluster cluster;

    private void start(Kind kind) throws Exception {
        RedisProcess redis = kind.redis();
        if (redis == null) {
            System.out.println(ShardedContract.WITHOUT);
        }
        Assumptions.assumeTrue(redis != null, ShardedContract.WITHOUT);
        closing.add(redis);
        way = new Partition(redis.port());
        closing.add(0, way);
        cluster = new Cluster();
        closing.add(0, cluster);
        for (String uri : List.of(redis.uri(), way.uri(), redis.uri())) {
            cluster.peers.add(new JavaPeer(kind.adapter(uri), kind.recovery()));
        }
        cluster.clientOfEach();
        cluster.ready();
        for (int i = 0; i < 3; i++) {
            server(i).answer("who", "server " + i, false);
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (way != null) {
            way.heal();
        }
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    private JavaPeer server(int index) {
        return (JavaPeer) cluster.peers.get(index);
    }

    private List<Integer> numbers(int client, int count) {
        List<Integer> numbers = new ArrayList<>();
        cluster.received(client, count).forEach(event -> numbers.add((Integer) ((List<?>) event).get(1)));
        return numbers;
    }

    private static List<Integer> range(int from, int to) {
        return FaultsContract.upTo(to).subList(from, to);
    }

    private ClusterTimeoutException failureOf(CompletableFuture<?> request) {
        Throwable error = request.handle((done, failure) -> failure).join();
        assertThat(error).isNotNull();
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        assertThat(cause).isInstanceOf(ClusterTimeoutException.class);
        return (ClusterTimeoutException) cause;
    }

    private void worksAgain(int number) {
        Awaiting.until(() -> server(1).adapter().health().problem() == null);
        Awaiting.until(() -> server(0).fetchSockets(To.ALL).size() == 3);
        Awaiting.until(() -> server(1).fetchSockets(To.ALL).size() == 3);
        server(1).emit(To.ALL, "n", number);
        for (int i = 0; i < 3; i++) {
            assertThat(numbers(i, 1)).as("client " + i).contains(number);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSlowConnectionToRedisLosesNoEvents(Kind kind) throws Exception {
        start(kind);
        way.slow(150);
        for (int i = 0; i < 100; i++) {
            server(1).emit(To.ALL, "n", i);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(numbers(i, 100)).as("client " + i).isEqualTo(range(0, 100));
        }
        server(0).emit(To.ALL, "n", 100);
        for (int i = 0; i < 3; i++) {
            assertThat(numbers(i, 1)).as("client " + i).containsExactly(100);
        }
        Awaiting.until(() -> server(1).fetchSockets(To.ALL).size() == 3);
        Awaiting.until(
                () -> server(0).serverSideEmitWithAck("who").values().size() == 2); // may be slower than a second
        assertThat(server(1).adapter().health().problem()).isNull();
        assertThat(server(1).adapter().health().lost()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"PUBSUB", "SHARDED", "STREAMS_WITH_RECOVERY"})
    void aServerCutOffFromRedisIsReportedAsMissingAndTheOthersKeepWorking(Kind kind) throws Exception {
        start(kind);
        for (int i = 0; i < 3; i++) {
            // all have received the heartbeats of the others
            server(i).emit(To.ALL, "n", -1);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(numbers(i, 3)).hasSize(3);
        }
        way.cut();
        server(1).emit(To.ALL, "n", 0);
        server(1).emit(To.ALL, "n", 1);
        assertThat(numbers(1, 2)).as("its local client").isEqualTo(range(0, 2));
        Awaiting.until(() ->
                "Redis does not answer".equals(server(1).adapter().health().problem()));
        assertThat(server(1).adapter().health().connected()).isFalse();

        long begin = System.nanoTime();
        ClusterTimeoutException sockets = failureOf(server(0).io.fetchSockets());
        assertThat(sockets.sockets()).as("found by a server with a connection").hasSize(2);
        assertThat(sockets.missing()).containsExactly(server(1).adapter().uid());
        ClusterTimeoutException answers = failureOf(server(0).io.of("/").serverSideEmitWithAck("who"));
        assertThat(answers.responses()).hasSize(1);
        assertThat(answers.missing()).containsExactly(server(1).adapter().uid());
        ClusterTimeoutException alone = failureOf(server(1).io.fetchSockets());
        assertThat(alone.sockets())
                .as("found by the server without a connection")
                .hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));

        server(2).emit(To.ALL, "n", 2);
        assertThat(numbers(0, 1)).containsExactly(2);
        assertThat(numbers(2, 1)).containsExactly(2);
        way.heal();
        if (kind.losesNothing()) {
            assertThat(numbers(0, 2))
                    .as("sent by the server that was disconnected")
                    .isEqualTo(range(0, 2));
            assertThat(numbers(1, 1)).as("sent to that server").containsExactly(2);
            assertThat(server(1).adapter().health().lost()).isZero();
        }
        worksAgain(3);
    }

    /** Commands that wait, and entries that wait; the limit of the number of entries is tested without Redis. */
    @ParameterizedTest
    @CsvSource({"PUBSUB, 25000, 10", "STREAMS_WITH_RECOVERY, 2500, 40000"})
    void theQueueForRedisIsBoundedAndDroppedMessagesAreCounted(Kind kind, int events, int size) throws Exception {
        start(kind);
        way.cut();
        String text = "x".repeat(size);
        for (int i = 0; i < events; i++) {
            server(1).emit(To.room("nobody"), "n", i, text);
        }
        var health = server(1).adapter().health();
        assertThat(health.waiting()).isBetween(events / 2, events * 9 / 10);
        assertThat(health.lost()).isGreaterThan(events / 10);
        assertThat(health.waiting() + health.lost()).isGreaterThanOrEqualTo(events - 1_000);
        server(1).emit(To.ALL, "n", 0, text + text);
        assertThat(numbers(1, 1)).as("its local client").containsExactly(0);
        way.heal();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> server(1).adapter().health().waiting() == 0);
        worksAgain(1);
    }
}
