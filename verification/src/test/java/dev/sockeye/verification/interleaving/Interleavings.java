package dev.sockeye.verification.interleaving;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a {@link Scenario} under many orders of the steps of its threads. The classes under test are {@linkplain SteppingClasses
 * loaded with a step} before each access to a variable, each atomic operation and each call of a queue; at a step the thread may
 * have to wait while another one continues. One thread runs at a time, chosen by a seed, so a run is reproducible.
 *
 * <p>Steps inside a monitor are not interrupted: no other thread could enter it. So it finds missing
 * monitors, but not deadlocks of monitors that are locked in different orders. The memory is sequentially consistent.
 */
public final class Interleavings {
    /** More steps than any scenario needs. */
    private static final int MOST_STEPS = 100_000;

    private static final int LEAST_RUNS = 1_000;
    private static final int MOST_RUNS = 5_000;
    private static final int SECONDS = 4;

    /** Most faults need one or two thread switches at the wrong step. */
    private static final int MOST_CHANGES = 4;

    private final Random random;
    private final List<Actor> actors = new ArrayList<>();
    /** The steps at which another thread continues. */
    private final Set<Integer> changes = new HashSet<>();

    private volatile Thread turn;
    private int steps;

    /** @param expected the approximate number of steps */
    private Interleavings(long seed, int expected) {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        for (int i = random.nextInt(MOST_CHANGES); i >= 0; i--) {
            changes.add(1 + random.nextInt(expected));
        }
    }

    /**
     * Runs the seeds from 1 on: {@code -Dinterleavings=100000} of them, else up to {@value #MOST_RUNS} in {@value #SECONDS} seconds and at
     * least {@value #LEAST_RUNS}.
     *
     * @param scenario the class of the scenario; loaded again for each run, together with the classes whose names begin with one of the prefixes
     * @throws AssertionError when a run goes wrong; names its seed
     */
    public static void explore(Class<? extends Scenario> scenario, String... prefixes) {
        SteppingClasses classes = new SteppingClasses(scenario, prefixes);
        int steps = 1;
        int runs = Integer.getInteger("interleavings", 0);
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        for (long seed = 1; runs > 0 ? seed <= runs : hasTime(seed, end); seed++) {
            try {
                Scenario fresh = classes.newScenario();
                Interleavings run = new Interleavings(seed, steps);
                run.run(fresh);
                fresh.check();
                steps = Math.max(steps, run.steps);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private static boolean hasTime(long seed, long end) {
        return seed <= LEAST_RUNS || (seed <= MOST_RUNS && System.nanoTime() < end);
    }

    private void run(Scenario scenario) throws InterruptedException {
        for (Runnable task : scenario.threads()) {
            actors.add(new Actor(task));
        }
        List<Actor> all = List.copyOf(actors);
        turn = all.get(random.nextInt(all.size()));
        all.forEach(Thread::start);
        for (Actor actor : all) {
            actor.join();
        }
        for (Actor actor : all) {
            if (actor.failure != null) {
                throw new AssertionError("a thread failed", actor.failure);
            }
        }
    }

    /** Called by the classes under test. Has no effect on other threads. */
    public static void step() {
        if (Thread.currentThread() instanceof Actor actor && actor.monitors == 0) {
            actor.step();
        }
    }

    /** Called after a monitor was entered. */
    public static void entered() {
        if (Thread.currentThread() instanceof Actor actor) {
            actor.monitors++;
        }
    }

    /** Called before a monitor is left. */
    public static void leaving() {
        if (Thread.currentThread() instanceof Actor actor) {
            actor.monitors--;
        }
    }

    private final class Actor extends Thread {
        private final Runnable task;
        private int monitors;
        private Throwable failure;

        Actor(Runnable task) {
            super("actor");
            this.task = task;
            setDaemon(true);
        }

        @Override
        public void run() {
            awaitTurn();
            try {
                task.run();
            } catch (Throwable e) {
                failure = e;
            }
            actors.remove(this);
            if (!actors.isEmpty()) {
                handTo(actors.get(random.nextInt(actors.size())));
            }
        }

        void step() {
            if (++steps > MOST_STEPS) {
                throw new AssertionError("the threads do not come to an end");
            }
            if (actors.size() > 1 && changes.contains(steps)) {
                List<Actor> others = new ArrayList<>(actors);
                others.remove(this);
                handTo(others.get(random.nextInt(others.size())));
                awaitTurn();
            }
        }

        private void awaitTurn() {
            while (turn != this) {
                LockSupport.park(Interleavings.this);
            }
        }

        private void handTo(Actor next) {
            turn = next;
            LockSupport.unpark(next);
        }
    }
}
