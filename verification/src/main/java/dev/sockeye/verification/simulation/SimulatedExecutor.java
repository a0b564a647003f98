package dev.sockeye.verification.simulation;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A pool of handler threads, whose tasks may {@linkplain Simulation#block block}; occasionally it rejects a task. */
final class SimulatedExecutor implements Executor {
    private final Simulation simulation;
    private final Dice dice;
    private final String name;
    private final int threads;
    private final int refusals;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int busy;
    private long ended;
    private boolean dead;
    private boolean refusing;
    private long pausedUntil;

    /** @param refusals the probability, in per mille, that a task is rejected during a phase of rejections */
    SimulatedExecutor(Simulation simulation, String name, int threads, int refusals) {
        this.simulation = simulation;
        this.dice = simulation.dice.split();
        this.name = name;
        this.threads = threads;
        this.refusals = refusals;
    }

    @Override
    public void execute(Runnable task) {
        if (dead) {
            return;
        }
        if (refusing && dice.permille(refusals)) {
            simulation.trace(name, "refuses a task");
            throw new RejectedExecutionException("refused by the simulation");
        }
        waiting.add(task);
        start();
    }

    void refusing(boolean on) {
        refusing = on;
    }

    void kill() {
        dead = true;
        waiting.clear();
    }

    private void start() {
        if (busy < threads && !waiting.isEmpty()) {
            busy++;
            simulation.after(dice.between(500, 80_000), name, this::runNext);
        }
    }

    /** Begins no task before this time: the process is paused. */
    void pause(long until) {
        pausedUntil = until;
    }

    /** Whether no task has run for some time. */
    boolean idleFor(long nanos) {
        return busy == 0 && waiting.isEmpty() && simulation.now() - ended >= nanos;
    }

    private void runNext() {
        if (simulation.now() < pausedUntil) {
            simulation.at(pausedUntil, name, this::runNext);
            return;
        }
        Runnable task = waiting.poll();
        try {
            if (task != null && !dead) {
                simulation.as(new Object(), task);
            }
        } finally {
            busy--;
            ended = simulation.now();
            start();
        }
    }
}
