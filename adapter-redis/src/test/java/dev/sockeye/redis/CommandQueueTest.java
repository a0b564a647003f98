package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.RedisConnections.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands of one turn reach Lettuce in one task of its event loop. The loop of this test runs on demand. */
class CommandQueueTest {
    private static final int NUMBER = 100;

    private final RejectingConnections wires = new RejectingConnections();
    private final RedisLink link = new RedisLink((resources, opening, timers) -> wires);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<String> called = new ArrayList<>();

    @BeforeEach
    void open() {
        link.retain().join();
        link.queue().loop(tasks::add);
    }

    @AfterEach
    void close() {
        link.queue().loop(Runnable::run);
        runLoop();
        link.release().join();
    }

    private int runLoop() {
        int ran = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            ran++;
        }
        return ran;
    }

    private CompletableFuture<Void> command(String name, CompletableFuture<Long> answer) {
        return link.send(
                () -> {
                    called.add(name);
                    return answer;
                },
                0);
    }

    @Test
    void anErrorInOneCommandDoesNotStopTheOthers() {
        CompletableFuture<Void> failed = link.send(
                () -> {
                    throw new NoClassDefFoundError("expected in the log of this test");
                },
                0);
        CompletableFuture<Void> sent = command("next", CompletableFuture.completedFuture(1L));
        runLoop();
        assertThat(failed).isCompletedExceptionally();
        assertThat(sent).isCompleted();
        assertThat(link.queue().waiting()).isZero();
    }

    /** Lettuce rejects commands while too many wait, and Redis is silent nevertheless. */
    @Test
    void onlyAnswersOfRedisEndItsSilence() {
        long[] now = {0};
        CommandQueue queue = new CommandQueue(() -> now[0]);
        var unused = queue.track(new CompletableFuture<>(), 0);
        now[0] = Duration.ofSeconds(4).toNanos();
        var rejected =
                queue.track(CompletableFuture.failedFuture(new RedisException("Request queue size exceeded")), 0);
        assertThat(rejected).isCompletedExceptionally();
        assertThat(queue.unanswered()).isTrue();
        assertThat(queue.silence()).isEqualTo(now[0]);
        var refused = queue.track(CompletableFuture.failedFuture(new RedisCommandExecutionException("OOM")), 0);
        assertThat(refused).isCompletedExceptionally();
        assertThat(queue.unanswered()).isFalse();
        assertThat(queue.silence()).isZero();
    }

    @Test
    void messagesQueuedTogetherAreSentInOneTask() {
        wires.answer = 1L;
        int[] commands = {0};
        wires.onCommand = () -> commands[0]++;
        for (int i = 0; i < NUMBER; i++) {
            var unused = link.publish(Kind.CHANNEL, "channel", new byte[1]);
        }
        assertThat(tasks).hasSize(1);
        assertThat(commands[0]).as("commands before the loop runs").isZero();
        assertThat(link.health(0).waiting()).isEqualTo(NUMBER);
        assertThat(runLoop()).isEqualTo(1);
        assertThat(commands[0]).isEqualTo(NUMBER);
        assertThat(link.health(0).waiting()).isZero();
    }

    @Test
    void streamEntriesAndMessagesQueuedTogetherAreSentInOneTask() {
        wires.answer = "1-1";
        int[] commands = {0};
        wires.onCommand = () -> commands[0]++;
        StreamAppender appender = new StreamAppender(link, "stream", RedisStreamsAdapterOptions.defaults());
        for (int i = 0; i < NUMBER; i++) {
            appender.add(Map.of("type", "3"), false, offset -> {});
            var unused = link.publish(Kind.CHANNEL, "channel", new byte[1]);
        }
        assertThat(tasks).hasSize(1);
        assertThat(commands[0]).as("commands before the loop runs").isZero();
        runLoop();
        assertThat(commands[0]).isEqualTo(2 * NUMBER);
        assertThat(appender.queued()).isZero();
    }

    @Test
    void commandsRunInOrderAndEachCompletesWithItsOwnResult() {
        CompletableFuture<Long> late = new CompletableFuture<>();
        CompletableFuture<Void> first = command("first", late);
        CompletableFuture<Void> second = command("second", CompletableFuture.failedFuture(new IllegalStateException()));
        CompletableFuture<Void> third = link.send(
                () -> {
                    called.add("third");
                    throw new IllegalArgumentException();
                },
                0);
        CompletableFuture<Void> fourth = command("fourth", CompletableFuture.completedFuture(1L));
        runLoop();
        assertThat(called).containsExactly("first", "second", "third", "fourth");
        assertThat(first).isNotDone();
        assertThat(second).isCompletedExceptionally();
        assertThat(third).isCompletedExceptionally();
        assertThat(fourth).isCompletedWithValue(null);
        late.complete(1L);
        assertThat(first).isCompletedWithValue(null);
        assertThat(link.health(0).waiting()).isZero();
    }

    @Test
    void aFailingTaskDoesNotStopTheCommandsQueuedAfterIt() {
        link.inLoop(() -> {
            throw new IllegalStateException("expected in the log of this test");
        });
        CompletableFuture<Void> behind = command("behind", CompletableFuture.completedFuture(1L));
        runLoop();
        assertThat(behind).isCompletedWithValue(null);
    }

    @Test
    void aCommandSentFromAResponseCallbackIsExecuted() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        ArrayDeque<CompletableFuture<Void>> added = new ArrayDeque<>();
        var unused = command("question", answer)
                .thenRun(() -> added.add(command("next", CompletableFuture.completedFuture(1L))));
        runLoop();
        answer.complete(1L);
        runLoop();
        assertThat(called).containsExactly("question", "next");
        assertThat(added.remove()).isCompletedWithValue(null);
    }

    @Test
    void aCommandOnAClosedLoopFailsImmediately() {
        link.queue().loop(task -> {
            throw new RejectedExecutionException();
        });
        CompletableFuture<Void> failed = command("closed", CompletableFuture.failedFuture(new IllegalStateException()));
        assertThat(failed).isCompletedExceptionally();
    }

    @Test
    void commandsOfSeveralThreadsKeepTheOrderOfEachThread() throws Exception {
        CountDownLatch ended = new CountDownLatch(3);
        for (int t = 0; t < 3; t++) {
            String name = t + " ";
            new Thread(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            var unused = command(name + i, CompletableFuture.completedFuture(1L));
                        }
                        ended.countDown();
                    })
                    .start();
        }
        while (!ended.await(0, TimeUnit.SECONDS)) {
            runLoop();
        }
        runLoop();
        for (int t = 0; t < 3; t++) {
            String name = t + " ";
            assertThat(called.stream().filter(one -> one.startsWith(name)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 1_000).mapToObj(i -> name + i).toList());
        }
    }
}
