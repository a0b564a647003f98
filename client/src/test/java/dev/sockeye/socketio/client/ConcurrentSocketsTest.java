package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("threads")
class ConcurrentSocketsTest {
    private static final ClientOptions MANUAL =
            ClientOptions.builder().autoConnect(false).build();
    private static final int ROUNDS = 500;

    /** As two calls one after the other do; otherwise the setup of one would be lost. */
    @Test
    void twoThreadsGetDifferentSocketsOfTheSameNamespace() throws Exception {
        ExecutorService second = Executors.newSingleThreadExecutor();
        CyclicBarrier start = new CyclicBarrier(2);
        AtomicInteger setups = new AtomicInteger();
        try (SocketIoClient client = SocketIoClient.create()) {
            for (int i = 0; i < ROUNDS; i++) {
                String uri = "http://localhost:1/" + i;
                Future<Socket> other = second.submit(() -> {
                    start.await();
                    return client.socket(uri, MANUAL, socket -> setups.incrementAndGet());
                });
                start.await();
                Socket own = client.socket(uri, MANUAL, socket -> setups.incrementAndGet());
                assertThat(own).isNotSameAs(other.get(10, TimeUnit.SECONDS));
            }
            assertThat(setups).hasValue(2 * ROUNDS);
        } finally {
            second.shutdownNow();
        }
    }
}
