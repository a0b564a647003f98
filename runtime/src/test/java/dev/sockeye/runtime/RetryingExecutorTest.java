package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryingExecutorTest {
    private final Queue<Runnable> accepted = new ArrayDeque<>();
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();
    private boolean refuses;
    private boolean gone;
    private final RetryingExecutor executor = new RetryingExecutor(
            () -> gone ? null : this::take, () -> 0, (task, delay) -> later.add(task), MailboxLimits.NONE);

    private void take(Runnable task) {
        if (refuses) {
            throw new RejectedExecutionException("expected in the log of this test");
        }
        accepted.add(task);
    }

    private static void run(Queue<Runnable> tasks) {
        for (int i = tasks.size(); i > 0; i--) {
            tasks.remove().run();
        }
    }

    private Mailbox mailbox() {
        return new Mailbox(executor, new Mailbox.Owner() {
            @Override
            public void abandoned() {
                seen.add("abandoned");
            }
        });
    }

    @Test
    void tasksRejectedByAFullExecutorAreRetried() {
        refuses = true;
        Mailbox mailbox = mailbox();
        mailbox.post(() -> seen.add("1"));
        mailbox.post(() -> seen.add("2"));
        executor.execute(() -> seen.add("single"));
        run(later);
        assertThat(seen).isEmpty();
        refuses = false;
        mailbox.post(() -> seen.add("3"));
        run(later);
        run(accepted);
        assertThat(seen).containsExactly("1", "2", "3", "single");
        assertThat(later).isEmpty();
    }

    @Test
    void withoutAnExecutorEssentialTasksRunInTheCallingThreadAndMessagesAreDiscarded() {
        Mailbox mailbox = mailbox();
        mailbox.post(new MailboxTest.Message(seen), 100);
        mailbox.post(() -> seen.add("end"));
        assertThat(mailbox.waiting()).isEqualTo(1);
        gone = true;
        run(accepted);
        assertThat(seen).containsExactly("message", "end");
        seen.clear();
        mailbox.post(new MailboxTest.Message(seen), 100);
        mailbox.post(() -> {
            assertThat(mailbox.isCurrent()).isTrue();
            seen.add("end");
        });
        executor.execute(() -> seen.add("single"));
        assertThat(seen).containsExactly("abandoned", "abandoned", "end", "single");
        assertThat(mailbox.waiting()).isZero();
        assertThat(mailbox.isCurrent()).isFalse();
    }

    @Test
    void aMailboxWaitingForItsNextTurnOrForARetryIsAbandonedToo() {
        Mailbox mailbox = mailbox();
        for (int i = 0; i < Mailbox.TURN_TASKS; i++) {
            mailbox.post(() -> {});
        }
        mailbox.post(new MailboxTest.Message(seen), 100);
        mailbox.post(() -> seen.add("end"));
        gone = true;
        run(accepted);
        assertThat(seen).containsExactly("abandoned", "end");
        assertThat(mailbox.waiting()).isZero();
        seen.clear();
        gone = false;
        refuses = true;
        mailbox.post(() -> seen.add("late"));
        gone = true;
        run(later);
        assertThat(seen).containsExactly("abandoned", "late");
    }

    @Test
    void anExecutorServiceThatWasShutDownIsNotRetried() {
        ExecutorService ended = Executors.newSingleThreadExecutor();
        ended.shutdown();
        RetryingExecutor onEnded =
                new RetryingExecutor(() -> ended, () -> 0, (task, delay) -> later.add(task), MailboxLimits.NONE);
        new Mailbox(onEnded).post(() -> seen.add("end"));
        assertThat(seen).containsExactly("end");
        assertThat(later).isEmpty();
    }

    @Test
    void tasksAreRetriedAfterAnErrorOfTheExecutor() {
        Error error = new InternalError("no thread can be started");
        List<Runnable> timers = new ArrayList<>();
        List<Runnable> accepted = new ArrayList<>();
        AtomicInteger failures = new AtomicInteger(2);
        Executor failing = task -> {
            if (failures.getAndDecrement() > 0) {
                throw error;
            }
            accepted.add(task);
        };
        RetryingExecutor executor = new RetryingExecutor(
                () -> failing, () -> 0, (task, delay) -> timers.add(task), new MailboxLimits(10, 10, null));
        List<String> ran = new ArrayList<>();
        new Mailbox(executor).post(() -> ran.add("mailbox"));
        executor.execute(() -> ran.add("task"));
        assertThat(timers).hasSize(2);
        timers.forEach(Runnable::run);
        accepted.forEach(Runnable::run);
        assertThat(ran).containsExactly("mailbox", "task");
    }

    @Test
    void aTaskThatThrowsOnTheCallingThreadIsNotRetried() {
        IllegalStateException error = new IllegalStateException("of the task");
        RetryingExecutor executor = new RetryingExecutor(
                () -> Runnable::run, () -> 0, (task, delay) -> fail("retried"), new MailboxLimits(10, 10, null));
        assertThatThrownBy(() -> executor.execute(() -> {
                    throw error;
                }))
                .isSameAs(error);
    }
}
