package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loops of a servlet after it was destroyed. */
@Timeout(60)
class LoopGroupTest {

    private static boolean timerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("sockeye-timer-"));
    }

    @Test
    void timersOfARunningEngineStillFireAndTheirThreadEndsAfterwards() throws Exception {
        LoopGroup group = new LoopGroup(JakartaOptions.defaults());
        SerialLoop loop = group.loop("here", 1);
        AtomicBoolean inLoop = new AtomicBoolean();
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        loop.schedule(
                () -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    loop.schedule(
                            () -> {
                                inLoop.set(loop.inLoop());
                                second.countDown();
                            },
                            Duration.ofMillis(20));
                },
                Duration.ofMillis(500));
        group.close(true);
        go.countDown();
        assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(inLoop).isTrue();
        await().atMost(Duration.ofSeconds(20)).until(() -> !timerThreads());
    }

    @Test
    void timersOfAStoppedEngineAreCancelled() throws Exception {
        LoopGroup group = new LoopGroup(JakartaOptions.defaults());
        AtomicBoolean ran = new AtomicBoolean();
        group.loop("here", 1).schedule(() -> ran.set(true), Duration.ofMinutes(10));
        group.close(false);
        assertThat(timerThreads()).isFalse();
        assertThat(ran).isFalse();
    }

    @Test
    void aPollingSessionOfADestroyedServletEndsAfterItsPingTimeout() throws Exception {
        EngineServer engine = new EngineServer(EngineOptions.builder()
                .path("/socket.io")
                .pingInterval(Duration.ofMillis(700))
                .pingTimeout(Duration.ofMillis(300))
                .build());
        Container container = Container.Kind.TOMCAT.start(
                new SockeyeServlet(engine, JakartaOptions.defaults()),
                (request, response, chain) -> chain.doFilter(request, response));
        try (container;
                Socket raw = new Socket("localhost", container.port())) {
            assertThat(InContainer.answer(
                            raw,
                            String.join(
                                    "\r\n",
                                    "GET /app/socket.io/?EIO=4&transport=polling HTTP/1.1",
                                    "Host: localhost",
                                    "Connection: close",
                                    "",
                                    "")))
                    .startsWith("HTTP/1.1 200");
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> engine.clientsCount() == 0);
        await().atMost(Duration.ofSeconds(20)).until(() -> !timerThreads());
    }
}
