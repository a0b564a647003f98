package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The clock and the timers of one process. It can jump forward, as after the suspension of a virtual machine. */
final class ProcessClock {
    private final class Pending implements EngineLoop.Timer {
        private final long deadline;
        private final String label;
        private final Runnable task;
        private EngineLoop.@Nullable Timer event;

        Pending(long deadline, String label, Runnable task) {
            this.deadline = deadline;
            this.label = label;
            this.task = task;
        }

        private void arm() {
            EngineLoop.Timer before = event;
            if (before != null) {
                before.cancel();
            }
            event = simulation.at(deadline - ahead, label, this::fire);
        }

        private void fire() {
            if (simulation.now() < frozenUntil) {
                event = simulation.at(frozenUntil, label, this::fire);
            } else {
                pending.remove(this);
                task.run();
            }
        }

        @Override
        public void cancel() {
            EngineLoop.Timer armed = event;
            if (pending.remove(this) && armed != null) {
                armed.cancel();
            }
        }
    }

    private final Simulation simulation;
    private final Set<Pending> pending = new LinkedHashSet<>();
    private long ahead;
    private long frozenUntil;

    ProcessClock(Simulation simulation) {
        this.simulation = simulation;
    }

    long nanoTime() {
        return simulation.now() + ahead;
    }

    EngineLoop.Timer schedule(long nanos, String label, Runnable task) {
        Pending made = new Pending(nanoTime() + Math.max(0, nanos), label, task);
        pending.add(made);
        made.arm();
        return made;
    }

    /** Moves the clock forward. Timers that are due by then fire immediately, in the order of their deadlines. */
    void jump(long nanos) {
        ahead += nanos;
        pending.stream()
                .sorted(Comparator.comparingLong(timer -> timer.deadline))
                .toList()
                .forEach(Pending::arm);
    }

    /** Lets no timer fire before this time of the simulation: the process is paused. */
    void freeze(long until) {
        frozenUntil = until;
    }

    /** The number of timers that are neither due nor cancelled. */
    int timers() {
        return pending.size();
    }

    /** The process has ended. */
    void kill() {
        Set.copyOf(pending).forEach(Pending::cancel);
    }

    @Override
    public String toString() {
        return pending.stream().map(timer -> timer.label).toList().toString();
    }
}
