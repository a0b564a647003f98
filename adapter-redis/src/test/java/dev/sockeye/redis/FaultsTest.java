package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.Peer.To;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two servers whose Redis is killed, paused or contains malformed data. */
class FaultsTest extends FaultsContract {
    FaultsTest() {
        super("--appendonly", "yes", "--appendfsync", "always");
    }

    @Test
    void duringARedisOutageLocalClientsAreServedAndLostMessagesAreCounted() throws Exception {
        servers(RedisAdapter.create(redis.uri()), RedisAdapter.create(redis.uri()), null);
        redis.kill();
        Awaiting.until(() -> !health().connected());
        assertThat(health().problem()).contains("Redis");
        for (int i = 0; i < 10; i++) {
            server(0).emit(To.ALL, "away", i);
        }
        assertThat(numbers(0, 10)).isEqualTo(upTo(10));
        assertThat(health().lost()).isGreaterThanOrEqualTo(10);
        redis.startAgain();
        Awaiting.until(
                () -> health().connected() && server(1).adapter().health().connected());
        Awaiting.until(() -> server(0).adapter().serverCount().join() == 2);
        server(0).emit(To.ALL, "back", 1);
        assertThat(numbers(0, 1)).containsExactly(1);
        assertThat(numbers(1, 1)).containsExactly(1);
        assertThat(health().problem()).isNull();
    }

    private void streamsLoseNothing(@Nullable ConnectionStateRecovery recovery) throws Exception {
        servers(RedisStreamsAdapter.create(redis.uri()), RedisStreamsAdapter.create(redis.uri()), recovery);
        for (int i = 0; i < 200; i++) {
            server(0).emit(To.ALL, "n", i);
        }
        redis.kill();
        for (int i = 200; i < 400; i++) {
            server(0).emit(To.ALL, "n", i);
        }
        assertThat(numbers(0, 400)).as("the client of the sending server").isEqualTo(upTo(400));
        redis.startAgain();
        for (int i = 400; i < 600; i++) {
            server(0).emit(To.ALL, "n", i);
        }
        assertThat(numbers(1, 600)).as("the client of the other server").isEqualTo(upTo(600));
        assertThat(numbers(0, 200)).hasSize(200);
        assertThat(health().lost()).isZero();
    }

    @Test
    void streamsNeitherLoseNorDuplicateEventsWhenRedisIsKilled() throws Exception {
        streamsLoseNothing(null);
    }

    @Test
    void streamsWithRecoveryNeitherLoseNorDuplicateEventsWhenRedisIsKilled() throws Exception {
        streamsLoseNothing(ConnectionStateRecovery.defaults());
    }

    @Test
    void aHangingRedisIsReportedAndDoesNotDelayLocalClients() throws Exception {
        servers(
                RedisStreamsAdapter.create(redis.uri()),
                RedisStreamsAdapter.create(redis.uri()),
                ConnectionStateRecovery.defaults());
        redis.pause();
        server(0).emit(To.ALL, "n", 0);
        server(0).emit(To.ALL, "n", 1);
        assertThat(numbers(0, 2)).isEqualTo(upTo(2));
        assertThat(health().problem()).isEqualTo("Redis does not answer");
        redis.resume();
        assertThat(numbers(1, 2)).isEqualTo(upTo(2));
        Awaiting.until(() -> health().problem() == null && health().waiting() == 0);
        server(0).emit(To.ALL, "n", 2);
        assertThat(numbers(0, 1)).containsExactly(2);
        assertThat(numbers(1, 1)).containsExactly(2);
    }

    @Test
    void aServerCanStartBeforeRedis() throws Exception {
        redis.kill();
        try (JavaPeer early = new JavaPeer(RedisAdapter.create(redis.uri()), null)) {
            cluster.peers.add(early);
            int client = cluster.client(early.url(), Map.of());
            early.emit(To.ALL, "n", 0);
            assertThat(numbers(client, 1)).containsExactly(0);
            redis.startAgain();
            Awaiting.until(() -> early.adapter().health().connected());
            Awaiting.until(() -> early.adapter().serverCount().join() == 1);
        }
    }

    @Test
    @Tag("redis.specifics.03")
    @Tag("redis.specifics.04")
    @Tag("redis.specifics.05")
    @Tag("redis.specifics.06")
    void foreignAndMalformedMessagesAreCountedAndIgnored() throws Exception {
        RedisAdapterOptions options = RedisAdapterOptions.builder()
                .requestsTimeout(Duration.ofSeconds(2))
                .build();
        servers(
                RedisAdapter.create(RedisURI.create(redis.uri()), options),
                RedisAdapter.create(RedisURI.create(redis.uri()), options),
                null);
        RedisClient client = RedisClient.create(redis.uri());
        try (var connection = client.connect()) {
            for (String channel : List.of(
                    "socket.io#/#",
                    "socket.io#/#unknown#",
                    "socket.io#/#unknown",
                    "socket.io-request#/#",
                    "socket.io-request#/#unknown#",
                    "socket.io-response#/#",
                    "socket.io-response#/#unknown#",
                    "socket.io-request#/",
                    "socket.io#/")) {
                for (String message : List.of(
                        "",
                        "nonsense",
                        "{",
                        "[]",
                        "{\"type\":3}",
                        "{\"type\":99,\"uid\":\"x\"}",
                        "{\"uid\":\"x\",\"type\":5,\"opts\":7,\"requestId\":\"r\"}",
                        "{\"requestId\":\"unknown\",\"sockets\":[{}]}",
                        "{\"requestId\":\"unknown\",\"type\":8}")) {
                    connection.sync().publish(channel, message);
                }
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
        server(0).emit(To.ALL, "n", 1);
        assertThat(numbers(0, 1)).containsExactly(1);
        assertThat(numbers(1, 1)).containsExactly(1);
        assertThat(server(1).fetchSockets(To.ALL)).hasSize(2);
        assertThat(health().refused()).isPositive();
    }

    @Test
    @Tag("redis.specifics.02")
    void closedServersLeaveNoSubscriptions() throws Exception {
        servers(RedisAdapter.create(redis.uri()), RedisAdapter.create(redis.uri()), null);
        server(1).close();
        assertThat(server(0).adapter().serverCount().join()).isEqualTo(1);
        RedisClient client = RedisClient.create(redis.uri());
        try (var connection = client.connect()) {
            server(0).close();
            Awaiting.until(() -> connection.sync().pubsubChannels().isEmpty()
                    && connection.sync().pubsubNumpat() == 0);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}
