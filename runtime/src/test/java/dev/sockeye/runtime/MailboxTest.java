package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {

    @Test
    void tasksRunOneAtATimeAndInOrderPerPostingThread() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        Mailbox mailbox = new Mailbox(new Direct(pool));
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
        Mailbox mailbox = new Mailbox(new Direct(Runnable::run));
        mailbox.post(() -> {
            mailbox.post(() -> order.add("posted"));
            mailbox.runOrPost(() -> order.add("at once"));
            order.add("first");
        });
        assertThat(order).containsExactly("at once", "first", "posted");
        assertThat(mailbox.isCurrent()).isFalse();
    }

    @Test
    void aThrowingTaskDoesNotStopTheNextOne() {
        List<String> order = new ArrayList<>();
        Mailbox mailbox = new Mailbox(new Direct(Runnable::run));
        mailbox.post(() -> {
            throw new IllegalStateException("expected in the log of this test");
        });
        mailbox.post(() -> order.add("next"));
        assertThat(order).containsExactly("next");
    }

    @Test
    void aFloodedMailboxGoesToTheBackOfTheQueueAfterEachTurn() {
        QueueExecutor queue = new QueueExecutor();
        List<String> order = new ArrayList<>();
        Mailbox flooded = new Mailbox(queue);
        Mailbox other = new Mailbox(queue);
        for (int i = 0; i < 1_000; i++) {
            flooded.post(() -> order.add("flood"));
        }
        other.post(() -> order.add("other"));
        queue.runAll();
        assertThat(order).hasSize(1_001);
        assertThat(order.indexOf("other")).isEqualTo(Mailbox.TURN_TASKS);
    }

    @Test
    void aMailboxRefilledByItsOwnTasksLetsOthersRun() {
        QueueExecutor queue = new QueueExecutor();
        AtomicInteger others = new AtomicInteger();
        Mailbox endless = new Mailbox(queue);
        Mailbox other = new Mailbox(queue);
        endless.post(new Runnable() {
            @Override
            public void run() {
                if (others.get() == 0) {
                    endless.post(this);
                }
            }
        });
        other.post(others::incrementAndGet);
        queue.runAll();
        assertThat(others).hasValue(1);
    }

    @Test
    void aTurnOfSlowTasksEndsEarly() {
        QueueExecutor queue = new QueueExecutor();
        List<String> order = new ArrayList<>();
        Mailbox slow = new Mailbox(queue);
        Mailbox other = new Mailbox(queue);
        for (int i = 0; i < 10; i++) {
            slow.post(() -> {
                queue.now += 3 * Mailbox.TURN_NANOS;
                order.add("slow");
            });
        }
        other.post(() -> order.add("other"));
        queue.runAll();
        assertThat(order).hasSize(11);
        assertThat(order.indexOf("other")).isEqualTo(4);
    }

    @Test
    void aTurnOfOneTaskDoesNotReadTheClock() {
        QueueExecutor queue = new QueueExecutor();
        Mailbox mailbox = new Mailbox(queue);
        for (int i = 0; i < 10; i++) {
            mailbox.post(() -> {});
            queue.runAll();
        }
        assertThat(queue.clockReads).isZero();
    }

    @Test
    void aDirectExecutorCausesNoRecursion() {
        Mailbox mailbox = new Mailbox(new Direct(Runnable::run));
        AtomicInteger left = new AtomicInteger(2_000_000);
        AtomicInteger deepest = new AtomicInteger();
        mailbox.post(new Runnable() {
            @Override
            public void run() {
                int rest = left.decrementAndGet();
                if (rest % 100_000 == 0) {
                    deepest.accumulateAndGet(Thread.currentThread().getStackTrace().length, Math::max);
                }
                if (rest > 0) {
                    mailbox.post(this);
                }
            }
        });
        assertThat(left).hasValue(0);
        assertThat(deepest.get()).isLessThan(200);
        assertThat(mailbox.isCurrent()).isFalse();
    }

    @Test
    void aMailboxIsFullByTasksOrByBytesAndNotifiesItsOwnerAtHalf() {
        QueueExecutor queue = new QueueExecutor(new MailboxLimits(4, 10_000, null));
        List<String> told = new ArrayList<>();
        Mailbox mailbox = new Mailbox(queue, new Mailbox.Owner() {
            @Override
            public void relieved() {
                told.add("relieved");
            }
        });
        for (int i = 0; i < 3; i++) {
            mailbox.post(new Message(told), 1);
        }
        assertThat(mailbox.full()).isFalse();
        assertThat(mailbox.waitingBytes()).isEqualTo(3 * Mailbox.LEAST_BYTES);
        mailbox.post(new Message(told), 1);
        assertThat(mailbox.full()).isTrue();
        assertThat(mailbox.relieved()).isFalse();
        queue.runAll();
        assertThat(told).containsExactly("message", "message", "relieved", "message", "message", "relieved");
        assertThat(mailbox.relieved()).isTrue();
        told.clear();
        mailbox.post(new Message(told), 6_000);
        mailbox.post(new Message(told), 4_000);
        assertThat(mailbox.waiting()).isEqualTo(2);
        assertThat(mailbox.full()).isTrue();
        queue.runAll();
        assertThat(told).containsExactly("message", "relieved", "message", "relieved");
        assertThat(mailbox.waitingBytes()).isZero();
    }

    @Test
    void anOwnerThatThrowsDoesNotStopTheMailbox() {
        QueueExecutor queue = new QueueExecutor(new MailboxLimits(4, 10_000, null));
        List<String> told = new ArrayList<>();
        Mailbox mailbox = new Mailbox(queue, new Mailbox.Owner() {
            @Override
            public void relieved() {
                throw new RejectedExecutionException("expected in the log of this test: the loop has ended");
            }
        });
        mailbox.post(new Message(told), 1);
        mailbox.post(() -> told.add("end"));
        queue.runAll();
        assertThat(told).containsExactly("message", "end");
        assertThat(mailbox.isCurrent()).isFalse();
        mailbox.post(() -> told.add("later"));
        queue.runAll();
        assertThat(told).containsExactly("message", "end", "later");
    }

    @Test
    void exceedingTheTotalMarksOnlyLargeMailboxesAsFull() {
        ByteBudget total = new ByteBudget(100_000);
        QueueExecutor queue = new QueueExecutor(new MailboxLimits(1_000, 1_000_000, total));
        List<String> told = new ArrayList<>();
        Mailbox big = new Mailbox(queue);
        Mailbox small = new Mailbox(queue);
        big.post(new Message(told), 99_000);
        small.post(new Message(told), 100);
        assertThat(total.used()).isEqualTo(24 * ByteBudget.STEP);
        assertThat(big.full()).isFalse();
        big.post(new Message(told), 3_500);
        assertThat(big.full()).isTrue();
        assertThat(big.relieved()).isFalse();
        assertThat(small.full()).isFalse();
        queue.runAll();
        assertThat(big.relieved()).isTrue();
        assertThat(total.used()).isZero();
    }

    @Test
    void theMailboxIsCurrentInsideEveryTask() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        int rounds = 200_000;
        AtomicInteger strangers = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Mailbox mailbox = new Mailbox(new Direct(pool));
        for (int i = 0; i < rounds; i++) {
            int number = i;
            mailbox.post(() -> {
                for (int spin = 0; spin < number % 50; spin++) {
                    Thread.onSpinWait();
                }
                if (!mailbox.isCurrent()) {
                    strangers.incrementAndGet();
                }
                done.incrementAndGet();
            });
            if (i % 3 == 0) {
                while (done.get() < i - 2) {
                    Thread.onSpinWait();
                }
            }
        }
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(done).hasValue(rounds);
        assertThat(strangers).hasValue(0);
    }

    /** Turns passed on, executors that run tasks immediately, retries and a shutdown, with many posters. */
    @Test
    void noTaskIsLostAndAllCountersReturnToZeroWithAnUnreliableExecutor() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        ExecutorService timer = Executors.newSingleThreadExecutor();
        AtomicInteger calls = new AtomicInteger();
        ByteBudget total = new ByteBudget(1 << 20);
        RetryingExecutor executor = new RetryingExecutor(
                () -> task -> {
                    switch (calls.incrementAndGet() % 5) {
                        case 0 -> throw new RejectedExecutionException("expected in the log of this test");
                        case 1 -> task.run();
                        default -> pool.execute(task);
                    }
                },
                System::nanoTime,
                (task, delay) -> timer.execute(task),
                new MailboxLimits(1_000, 1_000_000, total));
        int posters = 3;
        int each = 100_000;
        Mailbox mailbox = new Mailbox(executor);
        int[] last = new int[posters];
        AtomicInteger wrong = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(posters * each);
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < posters; p++) {
            int poster = p;
            Thread thread = new Thread(() -> {
                for (int i = 1; i <= each; i++) {
                    int number = i;
                    mailbox.post(
                            new Mailbox.Task() {
                                @Override
                                protected void run() {
                                    if (last[poster] != number - 1 || !mailbox.isCurrent()) {
                                        wrong.incrementAndGet();
                                    }
                                    last[poster] = number;
                                    done.countDown();
                                }
                            },
                            number % 5_000);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        timer.shutdown();
        assertThat(timer.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).hasValue(0);
        assertThat(mailbox.waiting()).isZero();
        assertThat(mailbox.waitingBytes()).isZero();
        assertThat(total.used()).isZero();
    }

    /** Not essential. */
    static final class Message extends Mailbox.Task {
        private final List<String> seen;

        Message(List<String> seen) {
            this.seen = seen;
        }

        @Override
        protected void run() {
            seen.add("message");
        }

        @Override
        protected boolean essential() {
            return false;
        }
    }

    /** Straight to an executor. */
    record Direct(Executor executor) implements MailboxExecutor {
        @Override
        public void execute(Mailbox mailbox, boolean again) {
            executor.execute(mailbox);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public MailboxLimits limits() {
            return MailboxLimits.NONE;
        }
    }

    /** One thread, that of the test, and a clock in its hand. */
    static final class QueueExecutor implements MailboxExecutor {
        private final Queue<Mailbox> waiting = new ArrayDeque<>();
        private final MailboxLimits limits;
        long now;
        int clockReads;

        QueueExecutor() {
            this(MailboxLimits.NONE);
        }

        QueueExecutor(MailboxLimits limits) {
            this.limits = limits;
        }

        @Override
        public void execute(Mailbox mailbox, boolean again) {
            waiting.add(mailbox);
        }

        void runAll() {
            for (Mailbox next = waiting.poll(); next != null; next = waiting.poll()) {
                next.run();
            }
        }

        @Override
        public long nanoTime() {
            clockReads++;
            return now;
        }

        @Override
        public MailboxLimits limits() {
            return limits;
        }
    }
}
