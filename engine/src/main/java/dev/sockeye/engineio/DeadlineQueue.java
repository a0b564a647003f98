package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one loop that wait for the same delay. Because the delay is the same for all, they are added in the
 * order of their deadlines: adding and removing cost a few pointer writes, and one timer of the host serves all.
 * Sessions that are due within the <em>slack</em> are processed together, so that a loop with many sessions wakes up
 * less often.
 */
final class DeadlineQueue {

    /** An entry; in at most one queue at a time. */
    abstract static class Node {
        private @Nullable Node previous;
        private @Nullable Node next;
        private @Nullable DeadlineQueue queue;
        private long deadline;

        /** Removes the node from its queue, if it is in one. */
        final void stopWaiting() {
            DeadlineQueue current = queue;
            if (current != null) {
                current.remove(this);
            }
        }

        /** Processes entries that are already due, because the host's timer may be late. */
        final void catchUp() {
            DeadlineQueue current = queue;
            if (current != null && deadline - current.loop.nanoTime() <= 0) {
                current.expire(this);
            }
        }

        /** Whether the node is in this queue. */
        final boolean waitsIn(DeadlineQueue one) {
            return queue == one;
        }

        /** The last deadline of the node. */
        final long deadline() {
            return deadline;
        }
    }

    private final EngineLoop loop;
    private final long delay;
    private final long slack;
    private final Consumer<EngineSocket> expired;
    private @Nullable Node head;
    private @Nullable Node tail;
    private EngineLoop.@Nullable Timer timer;

    DeadlineQueue(EngineLoop loop, Duration delay, Duration slack, Consumer<EngineSocket> expired) {
        this.loop = loop;
        this.delay = delay.toNanos();
        this.slack = slack.toNanos();
        this.expired = expired;
    }

    /** Restarts the delay, whichever queue the node was in before. */
    void add(EngineSocket session) {
        add(session, loop.nanoTime());
    }

    /** Same as {@link #add(EngineSocket)}, as if it had been called earlier. */
    void add(EngineSocket session, long start) {
        Node node = session;
        node.stopWaiting();
        node.queue = this;
        node.deadline = start + delay;
        Node last = tail;
        node.previous = last;
        if (last == null) {
            head = node;
            arm(node.deadline - loop.nanoTime());
        } else {
            last.next = node;
        }
        tail = node;
    }

    private void remove(Node node) {
        Node before = node.previous;
        Node after = node.next;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previous = before;
        }
        node.previous = null;
        node.next = null;
        node.queue = null;
        if (head == null && timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void arm(long nanos) {
        if (timer == null) {
            timer = loop.schedule(this::expire, Duration.ofNanos(Math.max(nanos, 0)));
        }
    }

    private void expire() {
        timer = null;
        long until = loop.nanoTime() + slack;
        try {
            for (Node node = head; node != null && node.deadline - until <= 0; node = head) {
                expire(node);
            }
        } finally {
            // also after an exception: the other entries are still waiting
            if (head != null) {
                arm(head.deadline - loop.nanoTime());
            }
        }
    }

    private void expire(Node node) {
        remove(node);
        EngineSocket session = (EngineSocket) node;
        Hooks.guard("heartbeat", () -> expired.accept(session));
    }
}
