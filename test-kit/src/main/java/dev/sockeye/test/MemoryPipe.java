package dev.sockeye.test;

import java.util.ArrayDeque;

/** One direction of an in-memory connection: frames arrive in order, in a later task of the loop. Used on the loop only. */
final class MemoryPipe {
    private record Frame(int size, Runnable delivery) {}

    private final TestLoop loop;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private Runnable drained = () -> {};
    private long bytes;
    private boolean paused;
    private boolean stopped;

    MemoryPipe(TestLoop loop) {
        this.loop = loop;
    }

    /** Sets the action that is called when the receiver has received everything. */
    void onDrained(Runnable action) {
        drained = action;
    }

    void send(int size, Runnable delivery) {
        if (!stopped) {
            bytes += size;
            frames.add(new Frame(size, delivery));
            loop.execute(this::deliver);
        }
    }

    /** The number of bytes that were sent and have not arrived yet. */
    long bytes() {
        return bytes;
    }

    /** Sets whether the receiver reads. */
    void reading(boolean on) {
        paused = !on;
        if (on) {
            loop.execute(this::deliver);
        }
    }

    /** Stops delivery. */
    void stop() {
        stopped = true;
        frames.clear();
        bytes = 0;
    }

    private void deliver() {
        while (!paused && !frames.isEmpty()) {
            Frame frame = frames.remove();
            bytes -= frame.size;
            frame.delivery.run();
            if (frames.isEmpty() && !stopped) {
                drained.run();
            }
        }
    }
}
