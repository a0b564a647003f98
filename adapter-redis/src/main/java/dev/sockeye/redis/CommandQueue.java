package dev.sockeye.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands on their way to Redis. Commands that are added before the event loop of the connection takes them are
 * passed to Lettuce in one task of that loop, in order, and are written with one system call. None waits for later
 * ones. All pending commands are counted, so that the users of this class can bound them. Thread-safe.
 */
final class CommandQueue {
    private static final Duration SLOW = Duration.ofSeconds(3);

    private final LongSupplier clock;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    /** Whether the loop has a task that takes the commands. */
    private final AtomicBoolean scheduled = new AtomicBoolean();

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile Executor loop = Runnable::run;
    private volatile long lastAnswer;

    CommandQueue(LongSupplier clock) {
        this.clock = clock;
        answered();
    }

    /** Sets the event loop of the connection. */
    void loop(Executor given) {
        loop = given;
    }

    /** Commands that have no answer yet. */
    int waiting() {
        return waiting.get();
    }

    /** The bytes of their messages. */
    long waitingBytes() {
        return waitingBytes.get();
    }

    /** Whether commands wait, and none has been answered for some time. */
    boolean unanswered() {
        return waiting.get() > 0 && clock.getAsLong() - lastAnswer > SLOW.toNanos();
    }

    /** For how many nanoseconds no command was answered. */
    long silence() {
        return clock.getAsLong() - lastAnswer;
    }

    /** Restarts the time of {@link #unanswered()}. */
    void answered() {
        lastAnswer = clock.getAsLong();
    }

    /**
     * Sends a command after those that were added before.
     *
     * @param command calls Lettuce, on the event loop
     * @param ended receives the error, {@code null} for success, before the future completes
     * @return completes on the event loop
     */
    CompletableFuture<Void> add(
            Supplier<? extends CompletionStage<?>> command, int size, Consumer<@Nullable Throwable> ended) {
        started(size);
        Command added = new Command(command, size, ended);
        run(added);
        return added;
    }

    /** Runs a task on the event loop, after the commands that were added before. */
    void run(Runnable task) {
        commands.add(task);
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::runAll);
            } catch (RejectedExecutionException e) {
                runAll(); // closed: Lettuce rejects the commands
            }
        }
    }

    private void runAll() {
        scheduled.set(false);
        for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
            next.run();
        }
    }

    /** Counts a pending command that is not sent by this queue. */
    <T> CompletableFuture<T> track(CompletionStage<T> command, int size) {
        started(size);
        return command.toCompletableFuture().whenComplete((answer, error) -> ended(size, error));
    }

    private void started(int size) {
        if (waiting.get() == 0) {
            answered(); // before it is counted, so that it never seems to wait for long
        }
        waiting.incrementAndGet();
        waitingBytes.addAndGet(size);
    }

    private void ended(int size, @Nullable Throwable error) {
        waiting.decrementAndGet();
        waitingBytes.addAndGet(-size);
        if (error == null || isAnswer(error)) {
            answered();
        }
    }

    /** Whether Redis has answered with an error; others come from Lettuce, which does not accept more commands than a number. */
    private static boolean isAnswer(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof RedisCommandExecutionException;
    }

    /** A command, which is also its result. */
    private final class Command extends CompletableFuture<Void>
            implements Runnable, BiConsumer<@Nullable Object, @Nullable Throwable> {
        private final Supplier<? extends CompletionStage<?>> command;
        private final int size;
        private final Consumer<@Nullable Throwable> ended;

        Command(Supplier<? extends CompletionStage<?>> command, int size, Consumer<@Nullable Throwable> ended) {
            this.command = command;
            this.size = size;
            this.ended = ended;
        }

        @Override
        public void run() {
            CompletionStage<?> sent;
            try {
                sent = command.get();
            } catch (RuntimeException | Error e) { // the next commands must still be sent
                accept(null, e);
                return;
            }
            var unused = sent.whenComplete(this);
        }

        @Override
        public void accept(@Nullable Object answer, @Nullable Throwable error) {
            ended(size, error);
            ended.accept(error);
            if (error == null) {
                complete(null);
            } else {
                completeExceptionally(error);
            }
        }
    }
}
