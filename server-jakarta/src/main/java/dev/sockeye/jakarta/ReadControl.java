package dev.sockeye.jakarta;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pauses reading from a WebSocket, at the request of the engine or while too many messages wait for a busy loop. Jakarta
 * WebSocket has no API for this. If the container has its own, it is used; otherwise the container's thread waits in {@link
 * #admit}.
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

    // the state that the container knows; guarded by lock
    private boolean applied;
    private boolean again;
    private boolean calling;

    /** A call to the container. */
    private enum Call {
        NONE,
        PAUSE,
        PAUSE_AGAIN,
        RESUME
    }

    ReadControl(ContainerSession container, Duration maxPause) {
        this.container = container;
        this.maxPause = maxPause;
    }

    /**
     * Adds a message before it is passed to the loop.
     *
     * @return false if the container's thread has waited for too long
     */
    boolean admit(int size) {
        boolean news;
        lock.lock();
        try {
            if (!container.canPause() && !awaitResumed()) {
                return false;
            }
            waiting += size + MESSAGE_OVERHEAD;
            again = paused;
            if (waiting > HIGH) {
                full = true;
            }
            news = settle();
        } finally {
            lock.unlock();
        }
        if (news) {
            callContainer();
        }
        return true;
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

    /** Removes a message, on the loop. */
    void delivered(int size) {
        boolean news = false;
        lock.lock();
        try {
            waiting -= size + MESSAGE_OVERHEAD;
            if (full && waiting <= LOW) {
                full = false;
                news = settle();
            }
        } finally {
            lock.unlock();
        }
        if (news) {
            callContainer();
        }
    }

    /** Enables or disables reading at the request of the engine. */
    void autoRead(boolean on) {
        boolean news;
        lock.lock();
        try {
            stopped = !on;
            news = settle();
        } finally {
            lock.unlock();
        }
        if (news) {
            callContainer();
        }
    }

    /** Admits all further messages: the connection is closing. */
    void end() {
        boolean news;
        lock.lock();
        try {
            over = true;
            news = settle();
        } finally {
            lock.unlock();
        }
        if (news) {
            callContainer();
        }
    }

    /** Call under the lock; returns whether {@link #callContainer} must be called. */
    private boolean settle() {
        boolean wanted = (full || stopped) && !over;
        if (wanted != paused) {
            paused = wanted;
            if (!wanted) {
                resumed.signalAll();
            }
        }
        return !calling && (paused != applied || again);
    }

    /**
     * Calls the container outside of the lock, one call at a time and alternately. The container may wait for a lock whose
     * owner waits here, or read messages during the call. If the state changes during a call, the same thread makes the next
     * call.
     */
    private void callContainer() {
        Call call = next(false);
        while (call != Call.NONE) {
            switch (call) {
                case PAUSE -> container.pause(true);
                case RESUME -> container.pause(false);
                default -> container.pauseAgain();
            }
            call = next(true);
        }
    }

    private Call next(boolean owner) {
        lock.lock();
        try {
            if (calling && !owner) {
                return Call.NONE;
            }
            Call call = Call.NONE;
            if (paused != applied) {
                call = paused ? Call.PAUSE : Call.RESUME;
            } else if (paused && again) {
                call = Call.PAUSE_AGAIN;
            }
            applied = paused;
            again = false;
            calling = call != Call.NONE;
            return call;
        } finally {
            lock.unlock();
        }
    }
}
