package dev.sockeye.socketio.adapter;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.Broadcast;
import dev.sockeye.engineio.host.EngineLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One order of the broadcasts of a namespace, for adapters that keep events: keeping an event, and choosing who gets it, is one
 * step, and every client gets its events in the order of these steps.
 *
 * <p>A step runs with a lock, and only changes state: no listener is called, no user object is encoded and nothing is written
 * in it. What a step leads to waits in a queue for each loop and is done without the lock, on the loop: by the calling thread
 * when it is the loop and nothing is on its way there, else by a task. A task does what was staged up to its own step and no
 * more, so what a thread sends to a session besides is in order with its steps. Any thread.
 */
public final class BroadcastOrder {

    /** Something to be done on a loop. */
    private record Waiting(long step, Runnable write) {}

    private final ReentrantLock lock = new ReentrantLock();

    /** What waits for each loop; loops for which nothing waits are not in it. */
    @GuardedBy("lock")
    private final Map<EngineLoop, ArrayDeque<Waiting>> waiting = new HashMap<>();

    @GuardedBy("lock")
    private long steps;

    /** Reads or changes what the order guards. */
    public <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the calling thread is in a step. */
    public boolean isHeld() {
        return lock.isHeldByCurrentThread();
    }

    /**
     * Sends a broadcast, after those of all earlier steps.
     *
     * @param step gives the broadcast, {@code null} for none
     */
    public void broadcast(Supplier<@Nullable StagedBroadcast> step) {
        StagedBroadcast staged;
        Broadcast.Part here = null;
        long number;
        lock.lock();
        try {
            number = ++steps;
            staged = step.get();
            if (staged == null) {
                return;
            }
            for (Broadcast.Part part : staged.parts()) {
                if (here == null && isClear(part.loop()) && part.isNext()) {
                    here = part;
                } else {
                    add(part.loop(), new Waiting(number, part::write));
                }
            }
        } finally {
            lock.unlock();
        }
        if (here != null) {
            here.write();
        }
        for (Broadcast.Part part : staged.parts()) {
            if (part != here) {
                execute(part.loop(), number);
            }
        }
        staged.notifyOutgoing();
    }

    /**
     * Lets a receiver in: does something for it before it gets the broadcasts of later steps. It gets none of earlier ones.
     *
     * @param step gives what is to be done: on the loop at once, without the lock; on another thread in the step, where it must
     *     only hand messages over to the loop
     */
    public void run(EngineLoop loop, Supplier<Runnable> step) {
        Runnable write;
        boolean here = loop.inLoop();
        lock.lock();
        try {
            steps++;
            write = step.get();
            if (!here) {
                write.run();
            }
        } finally {
            lock.unlock();
        }
        if (here) {
            write.run();
        }
    }

    /** Whether the calling thread is the loop and nothing waits for it. */
    @GuardedBy("lock")
    private boolean isClear(EngineLoop loop) {
        return loop.inLoop() && !waiting.containsKey(loop);
    }

    @GuardedBy("lock")
    private void add(EngineLoop loop, Waiting last) {
        waiting.computeIfAbsent(loop, key -> new ArrayDeque<>(4)).add(last);
    }

    private void execute(EngineLoop loop, long number) {
        try {
            loop.execute(() -> writeUpTo(loop, number));
        } catch (RejectedExecutionException e) {
            lock.lock();
            try {
                waiting.remove(loop); // it has ended, and its sessions with it
            } finally {
                lock.unlock();
            }
        }
    }

    private void writeUpTo(EngineLoop loop, long number) {
        List<Waiting> due = new ArrayList<>(2);
        lock.lock();
        try {
            ArrayDeque<Waiting> all = waiting.get(loop);
            while (all != null && !all.isEmpty() && all.getFirst().step <= number) {
                due.add(all.removeFirst());
            }
            if (all != null && all.isEmpty()) {
                waiting.remove(loop);
            }
        } finally {
            lock.unlock();
        }
        for (Waiting one : due) {
            one.write.run();
        }
    }
}
