package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {

    @Test
    void tasksOfManyThreadsRunOneAtATimeAndInTheOrderOfEach() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        Mailbox mailbox = new Mailbox(box -> pool.execute(box::drain));
        int senders = 4;
        int each = 20_000;
        AtomicInteger running = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        int[] lastOf = new int[senders];
        AtomicInteger disorder = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(senders * each);
        List<Thread> threads = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            int sender = s;
            Thread thread = new Thread(() -> {
                for (int i = 1; i <= each; i++) {
                    int number = i;
                    mailbox.post(() -> {
                        if (running.incrementAndGet() != 1) {
                            overlaps.incrementAndGet();
                        }
                        if (lastOf[sender] != number - 1) {
                            disorder.incrementAndGet();
                        }
                        lastOf[sender] = number;
                        running.decrementAndGet();
                        done.countDown();
                    });
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(overlaps).hasValue(0);
        assertThat(disorder).hasValue(0);
        pool.shutdown();
    }

    @Test
    void aTaskPostedFromATaskRunsAfterIt() {
        List<String> order = new ArrayList<>();
        Mailbox mailbox = new Mailbox(Mailbox::drain);
        mailbox.post(() -> {
            mailbox.post(() -> order.add("posted"));
            mailbox.runOrPost(() -> order.add("at once"));
            order.add("first");
        });
        assertThat(order).containsExactly("at once", "first", "posted");
        assertThat(mailbox.isCurrent()).isFalse();
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheNext() {
        List<String> order = new ArrayList<>();
        Mailbox mailbox = new Mailbox(Mailbox::drain);
        mailbox.post(() -> {
            throw new IllegalStateException("expected in the log of this test");
        });
        mailbox.post(() -> order.add("next"));
        assertThat(order).containsExactly("next");
    }

    @Test
    void thePoolGrowsWhileItsThreadsBlock() throws InterruptedException {
        ElasticPool pool = new ElasticPool("test");
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
        assertThat(pool.getPoolSize()).isBetween(100, ElasticPool.MOST);
        release.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
}
