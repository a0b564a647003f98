package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event loop that runs in turns: first received data, then tasks; occasionally a turn is delayed. */
final class SimulatedLoop implements EngineLoop {
    private static final int MOST_TASKS = 64;

    private final Simulation simulation;
    private final ProcessClock clock;
    private final Dice dice;
    private final String name;
    private final ArrayDeque<Runnable> arrived = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Runnable> flushes = new ArrayList<>();
    private boolean awake;
    private boolean running;
    private boolean dead;
    private long stalledUntil;

    SimulatedLoop(Simulation simulation, ProcessClock clock, String name) {
        this.clock = clock;
        this.simulation = simulation;
        this.dice = simulation.dice.split();
        this.name = name;
    }

    @Override
    public boolean inLoop() {
        return simulation.actor() == this;
    }

    @Override
    public void execute(Runnable task) {
        if (!dead) {
            tasks.add(task);
            wake();
        }
    }

    /** Data was received from the network. */
    void arrive(Runnable task) {
        if (!dead) {
            arrived.add(task);
            wake();
        }
    }

    /** Runs an action once at the end of the turn. */
    void atEndOfTurn(Runnable flush) {
        flushes.add(flush);
        wake();
    }

    @Override
    public boolean hasTurns() {
        return true;
    }

    @Override
    public boolean executeAtTurnEnd(Runnable task) {
        if (dead) {
            return false;
        }
        atEndOfTurn(task);
        return true;
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, Duration delay) {
        boolean[] cancelled = {false};
        Timer timer = clock.schedule(
                delay.toNanos(),
                name + " timer",
                () -> execute(() -> {
                    if (!cancelled[0]) {
                        task.run();
                    }
                }));
        return () -> {
            cancelled[0] = true;
            timer.cancel();
        };
    }

    /** Runs no turn for this time, as in a long pause of the garbage collector. */
    void stall(long nanos) {
        stalledUntil = simulation.now() + nanos;
    }

    /** Stops the loop: the process was killed. */
    void kill() {
        dead = true;
        arrived.clear();
        tasks.clear();
        flushes.clear();
    }

    private void wake() {
        if (!awake && !running && !dead) {
            awake = true;
            simulation.at(Math.max(stalledUntil, simulation.now() + dice.between(1_000, 60_000)), name, this::turn);
        }
    }

    private void turn() {
        awake = false;
        if (dead) {
            return;
        }
        running = true;
        try {
            simulation.as(this, () -> {
                for (int left = arrived.size(); left > 0; left--) {
                    run(arrived.poll());
                }
                for (int left = MOST_TASKS; left > 0; left--) {
                    run(tasks.poll());
                }
                while (!flushes.isEmpty()) {
                    List<Runnable> due = List.copyOf(flushes);
                    flushes.clear();
                    due.forEach(Runnable::run);
                }
            });
        } finally {
            running = false;
        }
        if (!arrived.isEmpty() || !tasks.isEmpty() || !flushes.isEmpty()) {
            wake();
        }
    }

    private static void run(@Nullable Runnable task) {
        if (task != null) {
            task.run();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
