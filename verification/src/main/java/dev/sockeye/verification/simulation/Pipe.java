package dev.sockeye.verification.simulation;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** One direction of a connection: data arrives later, in order, or never. */
final class Pipe {
    private record Frame(Object body, int size, long arrival) {}

    private final Simulation simulation;
    private final Dice dice;
    private final String label;
    private final long latency;
    private final long jitter;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private Consumer<Object> receiver = frame -> {};
    private Runnable consumed = () -> {};
    private long lastArrival;
    private int bytes;
    private boolean armed;
    private boolean stalled;
    private boolean paused;
    private boolean silent;
    private boolean closed;
    private long pause;

    Pipe(Simulation simulation, String label, long latency, long jitter) {
        this.simulation = simulation;
        this.dice = simulation.dice.split();
        this.label = label;
        this.latency = latency;
        this.jitter = jitter;
    }

    /** Sets the receiver of arriving data. */
    void receiver(Consumer<Object> taker) {
        receiver = taker;
    }

    /** Sets the callback for free capacity. */
    void consumed(Runnable told) {
        consumed = told;
    }

    void send(Object body, int size) {
        if (closed) {
            return;
        }
        bytes += size;
        if (!silent) {
            lastArrival = Math.max(lastArrival, simulation.now() + latency + dice.between(0, jitter));
            frames.add(new Frame(body, size, lastArrival));
            arm();
        }
    }

    /** The number of bytes that were sent and have not arrived yet. */
    int bytes() {
        return bytes;
    }

    /** Stops or resumes delivery. */
    void stall(boolean on) {
        stalled = on;
        arm();
    }

    /** Sets whether the receiver reads. */
    void pause(boolean on) {
        paused = on;
        arm();
    }

    /** Sets how long the receiver takes for each frame. */
    void slow(long nanos) {
        pause = nanos;
    }

    /** Stops delivery permanently without notifying either end. */
    void silence() {
        silent = true;
        frames.clear();
    }

    void close() {
        closed = true;
        frames.clear();
    }

    private void arm() {
        Frame first = frames.peek();
        if (first != null && !armed && !stalled && !paused && !closed) {
            armed = true;
            simulation.at(first.arrival, label, this::deliver);
        }
    }

    private void deliver() {
        armed = false;
        while (!stalled && !paused && !closed) {
            Frame first = frames.peek();
            if (first == null || first.arrival > simulation.now()) {
                break;
            }
            frames.remove();
            bytes -= first.size;
            receiver.accept(first.body);
            consumed.run();
            if (pause > 0 && !frames.isEmpty() && !closed) {
                armed = true;
                simulation.after(pause, label, this::deliver);
                return;
            }
        }
        arm();
    }
}
