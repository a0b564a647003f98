package dev.sockeye.jakarta;

import dev.sockeye.verification.interleaving.Scenario;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Tasks are queued, and run on the submitting thread while a thread of the pool takes turns. Sometimes the pool rejects a task. */
public final class SerialLoopScenario implements Scenario {
    private static final ScheduledThreadPoolExecutor NO_TIMERS = new ScheduledThreadPoolExecutor(0);
    private static int scenarios;

    private final int refused = scenarios++ % 7;
    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final SerialLoop loop = new SerialLoop(handOver(), NO_TIMERS);
    private final int[] posted = new int[2];
    private final int[] ran = new int[2];
    private boolean running;
    private int ends;
    private int calls;
    /** The loop logs exceptions of tasks: the first one is kept for the end. */
    private String failure;

    private Executor handOver() {
        return turn -> {
            if (++calls == refused) {
                throw new RejectedExecutionException();
            }
            pool.add(turn);
        };
    }

    @Override
    public List<Runnable> threads() {
        return List.of(
                () -> {
                    loop.execute(task(0));
                    outside();
                    loop.executeHere(task(0));
                    outside();
                },
                () -> {
                    loop.executeHere(task(1));
                    outside();
                    loop.execute(task(1));
                },
                this::turns);
    }

    private void turns() {
        for (int i = 0; i < 3; i++) {
            turn();
            loop.inLoop(); // a step
        }
    }

    private Runnable task(int poster) {
        int number = ++posted[poster];
        return () -> {
            check(!running, "two tasks run at a time");
            running = true;
            check(loop.inLoop(), "a task is not in its loop");
            check(++ran[poster] == number, "out of order");
            loop.atEndOfTurn(() -> {
                check(loop.inLoop() && !running, "the end of a turn is not in the loop");
                ends++;
            });
            check(loop.inLoop(), "a task is not in its loop at its end");
            running = false;
        };
    }

    private void outside() {
        check(!loop.inLoop(), "still in the loop");
    }

    private void turn() {
        outside();
        Runnable next = pool.poll();
        if (next != null) {
            next.run();
        }
        outside();
    }

    @Override
    public void check() {
        while (!pool.isEmpty()) {
            turn();
        }
        for (int poster = 0; poster < posted.length; poster++) {
            check(ran[poster] == posted[poster], "a task of " + poster + " is lost");
        }
        check(ends == posted[0] + posted[1], ends + " ends of turns");
        check(failure == null, String.valueOf(failure));
    }

    private void check(boolean right, String message) {
        if (!right) {
            failure = failure == null ? message : failure;
            throw new AssertionError(message);
        }
    }
}
