package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.adapter.tck.TcpProxy;
import dev.sockeye.redis.Peer.To;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Two servers whose Redis is full, too old, replaced by another, or unreachable for one of them. */
class RedisFailuresTest extends FaultsContract {

    @Test
    void anOutOfMemoryRedisIsReportedAndNoEventsAreLost() throws Exception {
        servers(
                RedisStreamsAdapter.create(redis.uri()),
                RedisStreamsAdapter.create(redis.uri()),
                ConnectionStateRecovery.defaults());
        server(0).emit(To.ALL, "n", 0);
        assertThat(numbers(0, 1)).isEqualTo(upTo(1));
        redis.ask("CONFIG SET maxmemory 1");
        for (int i = 1; i < 50; i++) {
            server(0).emit(To.ALL, "n", i);
        }
        assertThat(numbers(0, 49)).as("the client of the sending server").isEqualTo(upTo(50).subList(1, 50));
        Awaiting.until(() -> health().problem() != null);
        assertThat(health().connected()).isFalse();
        assertThat(health().problem()).contains("OOM");
        Awaiting.until(() -> health().waiting() == 49);
        redis.ask("CONFIG SET maxmemory 0");
        assertThat(numbers(1, 50)).as("the client of the other server").isEqualTo(upTo(50));
        Awaiting.until(() -> health().problem() == null && health().waiting() == 0);
        server(0).emit(To.ALL, "n", 50);
        assertThat(numbers(0, 1)).containsExactly(50);
        assertThat(health().lost()).isZero();
    }

    /** As when Redis closes it because the server reads too slowly: messages of other servers are missed. */
    @Test
    void aLostConnectionForSubscriptionsIsReported() throws Exception {
        servers(RedisAdapter.create(redis.uri()), RedisAdapter.create(redis.uri()), null);
        redis.ask("CONFIG SET requirepass x"); // for new connections only
        redis.ask("AUTH x\r\nCLIENT KILL TYPE pubsub");
        Awaiting.until(() -> health().problem() != null);
        assertThat(health().connected()).isFalse();
        assertThat(health().problem()).contains("subscriptions");
        redis.ask("AUTH x\r\nCONFIG SET requirepass \"\"");
        Awaiting.until(() -> health().problem() == null && health().connected());
        Awaiting.until(() -> server(0).adapter().serverCount().join() == 2
                && server(1).adapter().serverCount().join() == 2);
        server(1).emit(To.ALL, "n", 0);
        assertThat(numbers(0, 1)).containsExactly(0);
    }

    @Test
    void aRedisWithoutShardedChannelsIsReported() throws Exception {
        cluster.peers.add(new JavaPeer(ShardedRedisAdapter.create(redis.uri()), null));
        cluster.clientOfEach();
        Awaiting.until(() -> health().problem() != null);
        assertThat(health().problem()).contains("unknown command");
        server(0).emit(To.ALL, "n", 0);
        assertThat(numbers(0, 1)).containsExactly(0);
        Awaiting.until(() -> health().lost() > 0);
    }

    @Test
    void aSentinelFailoverLosesNoStreamEvents() throws Exception {
        try (RedisProcess replica = RedisProcess.embedded("--replicaof", "127.0.0.1", String.valueOf(redis.port()));
                RedisProcess sentinel = RedisProcess.sentinel(redis)) {
            String uri = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#main";
            servers(
                    RedisStreamsAdapter.create(uri),
                    RedisStreamsAdapter.create(uri),
                    ConnectionStateRecovery.defaults());
            for (int i = 0; i < 100; i++) {
                server(0).emit(To.ALL, "n", i);
            }
            assertThat(numbers(1, 100)).isEqualTo(upTo(100));
            Awaiting.until(() -> redis.ask("INFO replication").contains("state=online"));
            assertThat(redis.ask("WAIT 1 1000")).isEqualTo("1");
            redis.kill();
            for (int i = 100; i < 200; i++) {
                server(0).emit(To.ALL, "n", i);
            }
            assertThat(numbers(0, 200)).as("the client of the sending server").isEqualTo(upTo(200));
            Awaiting.until(() -> health().connected());
            server(0).emit(To.ALL, "n", 200);
            assertThat(numbers(1, 101))
                    .as("the client of the other server")
                    .isEqualTo(upTo(201).subList(100, 201));
            assertThat(health().lost()).isZero();
        }
    }

    /** As with a DNS name of the master: the old master becomes a replica, and does not close its connections. */
    @Test
    void aMasterThatBecomesAReplicaIsLeft() throws Exception {
        try (RedisProcess other = RedisProcess.embedded("--replicaof", "127.0.0.1", String.valueOf(redis.port()));
                TcpProxy name = new TcpProxy(redis.port())) {
            String uri = "redis://127.0.0.1:" + name.port();
            servers(RedisStreamsAdapter.create(uri), RedisStreamsAdapter.create(uri), null);
            server(0).emit(To.ALL, "n", 0);
            assertThat(numbers(1, 1)).containsExactly(0);
            Awaiting.until(() -> redis.ask("INFO replication").contains("state=online"));
            other.ask("REPLICAOF NO ONE");
            name.target(other.port());
            redis.ask("REPLICAOF 127.0.0.1 " + other.port());
            server(0).emit(To.ALL, "n", 1);
            assertThat(numbers(1, 1)).containsExactly(1);
            Awaiting.until(() -> health().connected());
            assertThat(health().lost()).isZero();
        }
    }

    @Test
    void aServerCutOffFromRedisIsReportedAsMissingAndLosesNoStreamEvents() throws Exception {
        var options = RedisStreamsAdapterOptions.builder()
                .requestsTimeout(Duration.ofMillis(500))
                .build();
        try (Partition way = new Partition(redis.port())) {
            servers(
                    RedisStreamsAdapter.create(RedisURI.create(redis.uri()), options),
                    RedisStreamsAdapter.create(RedisURI.create(way.uri()), options),
                    null);
            way.cut();
            server(0).emit(To.ALL, "n", 0);
            server(0).emit(To.ALL, "n", 1);
            server(1).emit(To.room("nobody"), "n", -1);
            Throwable failure =
                    server(0).io.fetchSockets().handle((found, error) -> error).join();
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            assertThat(cause).isInstanceOfSatisfying(ClusterTimeoutException.class, timeout -> {
                assertThat(timeout.sockets()).hasSize(1);
                assertThat(timeout.missing())
                        .isEqualTo(Set.of(server(1).adapter().uid()));
            });
            Awaiting.until(() ->
                    "Redis does not answer".equals(server(1).adapter().health().problem()));
            way.heal();
            assertThat(numbers(1, 2)).isEqualTo(upTo(2));
            Awaiting.until(() -> server(1).adapter().health().problem() == null);
            Awaiting.until(() -> server(0).fetchSockets(To.ALL).size() == 2);
        }
    }
}
