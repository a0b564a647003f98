package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pauses and resumes reading of a container. */
@Timeout(60)
class ReadControlTest {

    private final FakeSession session = new FakeSession();
    private final ReadControl control =
            new ReadControl(new ContainerSession(session.session()), Duration.ofSeconds(30));

    @Test
    void theContainerIsNotifiedOnlyOfChanges() {
        control.autoRead(true);
        control.autoRead(false);
        control.autoRead(false);
        control.autoRead(true);
        control.autoRead(false);
        control.end();
        control.autoRead(false);
        assertThat(session.calls).containsExactly("suspend", "resume", "suspend", "resume");
    }

    @Test
    void readingPausesUntilTheLoopBacklogIsDelivered() {
        assertThat(control.admit(60_000)).isTrue();
        assertThat(session.calls).isEmpty();
        assertThat(control.admit(60_000)).isTrue();
        control.delivered(60_000);
        assertThat(session.calls).containsExactly("suspend");
        control.delivered(60_000);
        assertThat(session.calls).containsExactly("suspend", "resume");
    }

    @Test
    void theContainerIsCalledWithoutHoldingTheLock() throws Exception {
        AtomicBoolean free = new AtomicBoolean(true);
        session.duringCall = () -> {
            try {
                CompletableFuture.runAsync(() -> control.delivered(0)).get(2, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                free.set(false);
            }
        };
        control.autoRead(false);
        control.autoRead(true);
        control.admit(70_000);
        control.end();
        assertThat(session.calls).containsExactly("suspend", "resume", "suspend", "resume");
        assertThat(free).isTrue();
    }

    @Test
    void aChangeDuringAContainerCallIsAppliedAfterIt() throws Exception {
        CountDownLatch within = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicReference<String> overlap = new AtomicReference<>();
        session.duringCall = () -> {
            if (session.calls.size() > 1) {
                return;
            }
            within.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (session.calls.size() > 1) {
                overlap.set(session.calls.toString());
            }
        };
        CompletableFuture<Void> pausing = CompletableFuture.runAsync(() -> control.autoRead(false));
        within.await();
        CompletableFuture<Void> resuming = CompletableFuture.runAsync(() -> control.autoRead(true));
        resuming.get(10, TimeUnit.SECONDS);
        assertThat(session.calls).containsExactly("suspend");
        go.countDown();
        pausing.get(10, TimeUnit.SECONDS);
        assertThat(session.calls).containsExactly("suspend", "resume");
        assertThat(overlap).hasNullValue();
    }

    @Test
    void aContainerThatReadsDuringResumeIsSuspendedAfterwards() {
        session.duringCall = () -> {
            if (session.calls.size() == 2) {
                control.admit(70_000);
            }
        };
        control.autoRead(false);
        control.autoRead(true);
        assertThat(session.calls).containsExactly("suspend", "resume", "suspend");
    }

    @Test
    void concurrentCallsAlternateAndEndInTheLastRequestedState() throws Exception {
        Thread[] threads = new Thread[3];
        for (int t = 0; t < threads.length; t++) {
            Random random = new Random(t);
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    control.autoRead(random.nextBoolean());
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        control.autoRead(false);
        for (int i = 0; i < session.calls.size(); i++) {
            assertThat(session.calls.get(i)).isEqualTo(i % 2 == 0 ? "suspend" : "resume");
        }
        assertThat(session.calls).last().isEqualTo("suspend");
    }
}
