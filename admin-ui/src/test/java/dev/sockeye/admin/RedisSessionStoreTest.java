package dev.sockeye.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lettuce.core.RedisClient;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** Logins in a real Redis. */
class RedisSessionStoreTest {
    @Test
    @Tag("admin.stores.02")
    void sessionsUseTheKeysOfTheNodeStoreAndExpire() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        RedisServer server = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        try (var connection = client.connect()) {
            var redis = connection.sync();
            AdminSessionStore store = RedisSessionStore.of(connection.async());
            assertThat(store.exists("abc").toCompletableFuture().join()).isFalse();
            store.save("abc").toCompletableFuture().join();
            assertThat(store.exists("abc").toCompletableFuture().join()).isTrue();
            assertThat(redis.get("socket.io-admin#abc")).isEqualTo("1");
            assertThat(redis.ttl("socket.io-admin#abc")).isBetween(86_300L, 86_400L);

            redis.set("mine#of-node", "true");
            AdminSessionStore own = RedisSessionStore.of(connection.async(), "mine", Duration.ofSeconds(60));
            assertThat(own.exists("of-node").toCompletableFuture().join()).isTrue();
            own.save("x").toCompletableFuture().join();
            assertThat(redis.ttl("mine#x")).isBetween(50L, 60L);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RedisSessionStore.of(connection.async(), "mine", Duration.ofMillis(10)));
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            server.stop();
        }
    }
}
