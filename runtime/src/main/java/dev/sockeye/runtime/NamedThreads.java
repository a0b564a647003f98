package dev.sockeye.runtime;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates numbered daemon threads and can wait for their end. */
public final class NamedThreads implements ThreadFactory {
    private final String name;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Thread> made = ConcurrentHashMap.newKeySet();

    /** Creates threads with this name and a number. */
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

    /** Whether no thread is runnable at the moment, as far as the JVM knows. */
    public boolean allWait() {
        for (Thread thread : made) {
            Thread.State state = thread.getState();
            if (state == Thread.State.RUNNABLE || state == Thread.State.NEW) {
                return false;
            }
        }
        return true;
    }

    /** Waits; returns whether all threads have ended in time. */
    public boolean join(long end) throws InterruptedException {
        for (Thread thread : made) {
            if (!join(thread, end)) {
                return false;
            }
        }
        return true;
    }

    /** Waits; returns whether a thread has ended in time. True for the calling thread. */
    public static boolean join(Thread thread, long end) throws InterruptedException {
        if (thread != Thread.currentThread()) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
            return !thread.isAlive();
        }
        return true;
    }
}
