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
 * Orders the broadcasts of a namespace, for adapters that store events. Storing an event and choosing its receivers is
 * one step, and every client receives its events in the order of these steps.
 *
 * <p>A step runs under a lock and only changes state: it calls no listeners, encodes no user objects and writes
 * nothing. The resulting work is queued for each loop and done on the loop without the lock: by the calling thread if
 * it is the loop and nothing is queued, otherwise by a task. A task does the work staged up to its own step and no
 * more, so that other packets which a thread sends to a session stay in order with its steps. Thread-safe.
 */
public final class BroadcastOrder {

    /** Work to be done on a loop. */
    private record Waiting(long step, Broadcast.Part part) {}

    private final ReentrantLock lock = new ReentrantLock();

    /** The queued work of each loop; loops without work have no entry. */
    @GuardedBy("lock")
    private final Map<EngineLoop, ArrayDeque<Waiting>> waiting = new HashMap<>();

    @GuardedBy("lock")
    private long steps;

    /** Reads or changes the state that is guarded by this order. */
    public <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the calling thread is executing a step. */
    public boolean isHeld() {
        return lock.isHeldByCurrentThread();
    }

    /**
     * Sends a broadcast, after the broadcasts of all earlier steps.
     *
     * @param step returns the broadcast; {@code null} for none
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
                    add(part.loop(), new Waiting(number, part));
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
     * Admits a receiver: runs an action for it before it receives the broadcasts of later steps. It receives none of
     * the earlier steps.
     *
     * @param step returns the action. On the loop it runs immediately, without the lock; on another thread it runs
     *     inside the step, where it must only pass messages to the loop
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

    /** Whether the calling thread is the loop and no work is queued for it. */
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
        } catch (RejectedExecutionException e) { // the loop has ended, and its sessions with it
            takeUpTo(loop, Long.MAX_VALUE).forEach(one -> one.part.abandon());
        }
    }

    private void writeUpTo(EngineLoop loop, long number) {
        for (Waiting one : takeUpTo(loop, number)) {
            one.part.write();
        }
    }

    private List<Waiting> takeUpTo(EngineLoop loop, long number) {
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
        return due;
    }
}
