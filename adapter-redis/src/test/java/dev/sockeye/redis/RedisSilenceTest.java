package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks whether Redis answers, with a clock of the test. */
class RedisSilenceTest {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Queue<Runnable> later = new ArrayDeque<>();
    private CompletableFuture<Object> answer = new CompletableFuture<>();
    private long now = 1;
    private long answeredAt = 1;

    private final RedisConnections connections = (RedisConnections) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {RedisConnections.class}, (proxy, method, args) -> {
                answer = new CompletableFuture<>();
                return answer;
            });

    private final RedisRenewal renewal = new RedisRenewal(
            new RedisRenewal.Owner() {
                @Override
                public @Nullable RedisConnections wires() {
                    return connections;
                }

                @Override
                public long nanoTime() {
                    return now;
                }

                @Override
                public long silence() {
                    return now - answeredAt;
                }

                @Override
                public void later(Duration delay, Runnable task) {
                    later.add(task);
                }
            },
            RedisRenewal.SILENCE);

    @BeforeEach
    void start() {
        renewal.opened(channel);
        renewal.watch(connections);
    }

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
    }

    private void pass(Duration time) {
        now += time.toNanos();
        later.remove().run();
    }

    private void answered() {
        answeredAt = now;
        answer.complete("role");
    }

    @Test
    void aConnectionWithoutAnswersIsClosed() {
        for (int i = 0; i < 5; i++) {
            pass(PAUSE);
            assertThat(channel.isOpen()).isTrue();
        }
        pass(PAUSE);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionWithAnswersIsKept() {
        for (int i = 0; i < 20; i++) {
            answered();
            pass(PAUSE);
        }
        assertThat(channel.isOpen()).isTrue();
    }

    /** What waits in the connection would be lost: the answer, and messages of other servers. */
    @Test
    void aConnectionIsKeptIfThisProcessWasSuspended() {
        answered();
        pass(PAUSE);
        pass(Duration.ofMinutes(1));
        assertThat(channel.isOpen()).isTrue();
        answered();
        pass(PAUSE);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aConnectionThatStaysSilentAfterThisProcessWasSuspendedIsClosed() {
        pass(Duration.ofMinutes(1));
        for (int i = 0; i < 6; i++) {
            pass(PAUSE);
        }
        assertThat(channel.isOpen()).isFalse();
    }
}
