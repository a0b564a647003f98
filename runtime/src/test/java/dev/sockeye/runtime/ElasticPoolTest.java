package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ElasticPoolTest {

    @Test
    void thePoolGrowsWhileItsThreadsBlock() throws InterruptedException {
        ElasticPool pool = new ElasticPool("test", 512);
        CountDownLatch blocked = new CountDownLatch(100);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 100; i++) {
            pool.execute(() -> {
                blocked.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.getPoolSize()).isBetween(100, 512);
        release.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void thePoolGrowsForTheMailboxesOfOneTurn() throws InterruptedException {
        ElasticPool pool = new ElasticPool("growing", 100);
        RetryingExecutor executor =
                new RetryingExecutor(() -> pool, System::nanoTime, (task, delay) -> {}, MailboxLimits.NONE);
        Queue<Runnable> turnEnd = new ArrayDeque<>();
        TurnHandover handover = new TurnHandover(executor, () -> true, turnEnd::add);
        CountDownLatch blocked = new CountDownLatch(TurnHandover.MOST);
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < TurnHandover.MOST; i++) {
            new Mailbox(handover).post(() -> {
                blocked.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        turnEnd.forEach(Runnable::run);
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
        end.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void thePoolLogsOneWarningAtItsLimit() throws InterruptedException {
        List<String> warnings = new CopyOnWriteArrayList<>();
        CountDownLatch warned = new CountDownLatch(1);
        ElasticPool pool = new ElasticPool(new NamedThreads("test"), 2, (text, cause) -> {
            warnings.add(text);
            warned.countDown();
        });
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(4);
        try {
            for (int i = 0; i < 4; i++) {
                pool.execute(() -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    done.countDown();
                });
            }
            assertThat(warned.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.getPoolSize()).isEqualTo(2);
            release.countDown();
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(warnings).hasSize(1).first().asString().contains("at most 2");
        } finally {
            pool.shutdown();
        }
    }

    /** Nobody would add threads any more, and those that were added would stay. */
    @Test
    void anErrorOfTheLoggerDoesNotEndTheWatcher() throws InterruptedException {
        int most = 2 * ElasticPool.FEW;
        CountDownLatch warned = new CountDownLatch(1);
        ElasticPool pool = new ElasticPool(new NamedThreads("test"), most, (text, cause) -> {
            warned.countDown();
            throw new StackOverflowError("expected in this test");
        });
        CountDownLatch release = new CountDownLatch(1);
        try {
            for (int i = 0; i <= most; i++) {
                pool.execute(() -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            assertThat(warned.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.getCorePoolSize()).isEqualTo(most);
            release.countDown();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            CountDownLatch never = new CountDownLatch(1);
            while (pool.getCorePoolSize() == most && System.nanoTime() < end) {
                assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
            }
            assertThat(pool.getCorePoolSize()).as("when nothing waits").isEqualTo(ElasticPool.FEW);
        } finally {
            release.countDown();
            pool.shutdown();
        }
    }
}
