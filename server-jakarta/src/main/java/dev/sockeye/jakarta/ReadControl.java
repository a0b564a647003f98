package dev.sockeye.jakarta;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stops a WebSocket's reading, on behalf of the engine and while too much waits for a busy loop. Jakarta WebSocket knows no such
 * thing: where the container has a way of its own it is used; where not, the container's thread waits in {@link #admit}.
 */
final class ReadControl {

    private static final long HIGH = 64 * 1024;
    private static final long LOW = 16 * 1024;
    private static final int MESSAGE_OVERHEAD = 64;

    private final ContainerSession container;
    private final Duration maxPause;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition resumed = lock.newCondition();

    // all guarded by lock
    private long waiting;
    private boolean full;
    private boolean stopped;
    private boolean paused;
    private boolean over;

    ReadControl(ContainerSession container, Duration maxPause) {
        this.container = container;
        this.maxPause = maxPause;
    }

    /**
     * Counts a message in, before it goes to the loop.
     *
     * @return false when the container's thread waited in vain
     */
    boolean admit(int size) {
        lock.lock();
        try {
            if (!container.canPause() && !awaitResumed()) {
                return false;
            }
            waiting += size + MESSAGE_OVERHEAD;
            if (paused) {
                container.pauseAgain();
            }
            if (waiting > HIGH) {
                full = true;
                settle();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitResumed() {
        long left = maxPause.toNanos();
        try {
            while (paused && !over) {
                if (left <= 0) {
                    return false;
                }
                left = resumed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return true;
    }

    /** Counts a message out, on the loop. */
    void delivered(int size) {
        lock.lock();
        try {
            waiting -= size + MESSAGE_OVERHEAD;
            if (full && waiting <= LOW) {
                full = false;
                settle();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The engine's wish. */
    void autoRead(boolean on) {
        lock.lock();
        try {
            stopped = !on;
            settle();
        } finally {
            lock.unlock();
        }
    }

    /** Lets everything through: the connection closes. */
    void end() {
        lock.lock();
        try {
            over = true;
            settle();
        } finally {
            lock.unlock();
        }
    }

    private void settle() {
        boolean wanted = (full || stopped) && !over;
        if (wanted != paused) {
            paused = wanted;
            container.pause(wanted);
            if (!wanted) {
                resumed.signalAll();
            }
        }
    }
}
