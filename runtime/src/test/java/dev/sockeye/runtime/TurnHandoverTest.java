package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnHandoverTest {
    private final Queue<Runnable> accepted = new ArrayDeque<>();
    private final Queue<Runnable> turnEnd = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();
    private boolean inLoop = true;
    private boolean ended;
    private boolean gone;
    private final RetryingExecutor executor = new RetryingExecutor(
            () -> gone ? null : accepted::add, () -> 0, (task, delay) -> accepted.add(task), MailboxLimits.NONE);
    private final TurnHandover handover = new TurnHandover(executor, () -> inLoop, task -> !ended && turnEnd.add(task));

    private static void run(Queue<Runnable> tasks) {
        for (int i = tasks.size(); i > 0; i--) {
            tasks.remove().run();
        }
    }

    private Mailbox mailbox(String name) {
        Mailbox mailbox = new Mailbox(handover, new Mailbox.Owner() {
            @Override
            public void abandoned() {
                seen.add(name + " abandoned");
            }
        });
        mailbox.post(() -> seen.add(name));
        return mailbox;
    }

    @Test
    void theMailboxesOfATurnAreSubmittedAsOneTask() {
        for (int i = 0; i < 20; i++) {
            mailbox("m" + i);
        }
        assertThat(accepted).isEmpty();
        run(turnEnd);
        assertThat(accepted).hasSize(1);
        run(accepted);
        assertThat(seen).hasSize(20).doesNotHaveDuplicates();
        assertThat(accepted).hasSize(1); // of no use: everything has run
        run(accepted);
        assertThat(accepted).isEmpty();
        assertThat(seen).hasSize(20);
    }

    @Test
    void theOtherMailboxesArePassedOnBeforeTheFirstRuns() {
        Mailbox blocking = new Mailbox(handover);
        blocking.post(() -> {
            seen.add("first");
            run(accepted); // as another thread would, while this one is blocked
            seen.add("first unblocked");
        });
        Mailbox second = new Mailbox(handover);
        second.post(() -> {
            run(accepted);
            seen.add("second");
        });
        mailbox("third");
        mailbox("fourth");
        run(turnEnd);
        run(accepted);
        assertThat(seen).containsExactly("first", "third", "fourth", "second", "first unblocked");
        run(accepted);
        assertThat(seen).hasSize(5);
    }

    @Test
    void aSingleMailboxIsSubmittedDirectly() {
        Mailbox alone = mailbox("alone");
        run(turnEnd);
        assertThat(accepted).containsExactly(alone);
    }

    @ParameterizedTest
    @ValueSource(ints = {TurnHandover.MOST, TurnHandover.MOST + 1, 3 * TurnHandover.MOST})
    void aLongTurnSubmitsItsMailboxesInBatches(int mailboxes) {
        for (int i = 0; i < mailboxes; i++) {
            mailbox("m" + i);
        }
        assertThat(accepted).hasSize(mailboxes / TurnHandover.MOST);
        assertThat(turnEnd).hasSize(1);
        run(turnEnd);
        run(accepted);
        run(accepted);
        assertThat(seen).hasSize(mailboxes).doesNotHaveDuplicates();
    }

    @Test
    void mailboxesFromOtherThreadsAreSubmittedImmediately() {
        inLoop = false;
        mailbox("elsewhere");
        assertThat(turnEnd).isEmpty();
        assertThat(accepted).hasSize(1);
    }

    @Test
    void aMailboxThatHasUsedUpItsTurnGoesToTheBackOfTheExecutorQueue() {
        Mailbox busy = new Mailbox(handover);
        for (int i = 0; i <= Mailbox.TURN_TASKS; i++) {
            busy.post(() -> seen.add("task"));
        }
        run(turnEnd);
        run(accepted);
        assertThat(seen).hasSize(Mailbox.TURN_TASKS);
        assertThat(turnEnd).isEmpty();
        run(accepted);
        assertThat(seen).hasSize(Mailbox.TURN_TASKS + 1);
    }

    @Test
    void mailboxesAreSubmittedImmediatelyWhenTheLoopHasEnded() {
        ended = true;
        mailbox("late");
        assertThat(accepted).hasSize(1);
    }

    @Test
    void eachTurnSchedulesItsOwnSubmission() {
        mailbox("first");
        run(turnEnd);
        mailbox("second");
        assertThat(turnEnd).hasSize(1);
        run(turnEnd);
        run(accepted);
        assertThat(seen).containsExactly("first", "second");
    }

    @Test
    void withoutAnExecutorAllMailboxesOfTheTurnAreAbandoned() {
        mailbox("a");
        mailbox("b");
        gone = true;
        run(turnEnd);
        assertThat(seen).containsExactly("a abandoned", "a", "b abandoned", "b");
    }

    @Test
    void mailboxesAreAbandonedIfTheExecutorEndsBeforeTheyAreSubmitted() {
        mailbox("a");
        mailbox("b");
        run(turnEnd);
        gone = true;
        run(accepted);
        assertThat(seen).containsExactly("b abandoned", "b", "a");
    }

    @Test
    void everyTaskRunsOnceAndInOrderOnSeveralThreads() throws InterruptedException {
        int mailboxes = 50;
        int turns = 2_000;
        ExecutorService pool = Executors.newFixedThreadPool(4);
        RetryingExecutor threads = new RetryingExecutor(
                () -> pool, System::nanoTime, (task, delay) -> pool.execute(task), MailboxLimits.NONE);
        TurnHandover shared = new TurnHandover(threads, () -> true, turnEnd::add);
        Mailbox[] all = new Mailbox[mailboxes];
        int[] next = new int[mailboxes]; // each written in its mailbox only
        AtomicInteger wrong = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(mailboxes * turns);
        for (int turn = 0; turn < turns; turn++) {
            int expected = turn;
            for (int i = 0; i < mailboxes; i++) {
                int index = i;
                if (turn == 0) {
                    all[i] = new Mailbox(shared);
                }
                all[i].post(() -> {
                    if (next[index]++ != expected) {
                        wrong.incrementAndGet();
                    }
                    done.countDown();
                });
            }
            run(turnEnd);
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        pool.shutdown();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(next).containsOnly(turns);
        assertThat(wrong).hasValue(0);
    }
}
