package dev.sockeye.runtime;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads with numbers, which can be waited for. */
public final class NamedThreads implements ThreadFactory {
    private final String name;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Thread> made = ConcurrentHashMap.newKeySet();

    /** Threads of this name, with a number. */
    public NamedThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable task) {
        made.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
        Thread thread = new Thread(task, name + "-" + count.getAndIncrement());
        thread.setDaemon(true);
        made.add(thread);
        return thread;
    }

    /** Whether none can run just now: all wait for something, as far as the JVM knows. */
    public boolean allWait() {
        for (Thread thread : made) {
            Thread.State state = thread.getState();
            if (state == Thread.State.RUNNABLE || state == Thread.State.NEW) {
                return false;
            }
        }
        return true;
    }

    /** Whether all have ended by then. */
    public boolean join(long end) throws InterruptedException {
        for (Thread thread : made) {
            if (!join(thread, end)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a thread has ended by then; true for the one that asks. */
    public static boolean join(Thread thread, long end) throws InterruptedException {
        if (thread != Thread.currentThread()) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
            return !thread.isAlive();
        }
        return true;
    }
}
