package dev.sockeye.socketio.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Lets a few actors, each in its own thread, race over many fresh states, and counts the outcomes. In the manner
 * of jcstress: the actors meet before each state, and then differ by a few random spins.
 *
 * <p>It ends after a number of states or, on a slow machine, after some time. {@code -Draces.millis=60000} makes each race that long.
 */
public final class Races<S> {
    private static final int BATCH = 256;
    private static final int MOST_STATES = 100_000;
    private static final int MOST_SPINS = 2_000;
    private static final long SEED = 12;

    private final Random random = new Random(SEED);
    private final Function<Random, S> fresh;
    private final Function<S, String> outcome;
    private final List<Consumer<S>> actors;
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final List<S> states = new ArrayList<>();
    private final int[][] delays;
    private final AtomicLongArray reached;
    private final CyclicBarrier barrier;
    private final long end;
    private final long most;
    private long done;
    private boolean over;
    private volatile Throwable failure;

    private Races(Function<Random, S> fresh, Function<S, String> outcome, List<Consumer<S>> actors) {
        Long millis = Long.getLong("races.millis");
        this.fresh = fresh;
        this.outcome = outcome;
        this.actors = actors;
        this.delays = new int[actors.size()][BATCH];
        this.reached = new AtomicLongArray(actors.size());
        this.barrier = new CyclicBarrier(actors.size(), this::nextBatch);
        this.end = System.nanoTime() + (millis == null ? 1_000 : millis) * 1_000_000;
        this.most = millis == null ? MOST_STATES : Long.MAX_VALUE;
    }

    /**
     * Runs a race.
     *
     * @param fresh creates a state; no actor runs during that time
     * @param outcome the outcome of a state; no actor runs during that time
     * @param actors the actions of the threads on each state
     * @return each outcome, and how often it came
     */
    public static <S> Map<String, Long> run(
            Function<Random, S> fresh, Function<S, String> outcome, List<Consumer<S>> actors) {
        return new Races<>(fresh, outcome, actors).run();
    }

    private Map<String, Long> run() {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < actors.size(); i++) {
            int actor = i;
            Thread thread = new Thread(() -> act(actor), "actor-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure != null) {
            throw new AssertionError("an actor failed", failure);
        }
        return outcomes;
    }

    private void act(int actor) {
        while (true) {
            try {
                barrier.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                failure = e;
                return;
            }
            if (over) {
                return;
            }
            for (int i = 0; i < BATCH; i++) {
                meet(actor);
                spin(delays[actor][i]);
                try {
                    actors.get(actor).accept(states.get(i));
                } catch (Throwable e) {
                    failure = e;
                }
            }
        }
    }

    /** Waits for the others a moment, not for ever: they may not be running. */
    private void meet(int actor) {
        long here = reached.incrementAndGet(actor);
        for (int other = 0; other < reached.length(); other++) {
            for (int spins = 0; reached.get(other) < here && spins < MOST_SPINS; spins++) {
                Thread.onSpinWait();
            }
        }
    }

    /** Widens a window. */
    static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /** In the last actor that comes, while the others wait. */
    private void nextBatch() {
        if (failure != null) {
            over = true;
            return;
        }
        try {
            for (S state : states) {
                outcomes.merge(outcome.apply(state), 1L, Long::sum);
            }
            done += states.size();
            over = done > 0 && (done >= most || System.nanoTime() >= end);
            states.clear();
            for (int i = 0; i < BATCH && !over; i++) {
                states.add(fresh.apply(random));
                for (int[] delay : delays) {
                    delay[i] = random.nextInt(4) == 0 ? random.nextInt(60) : random.nextInt(6);
                }
            }
        } catch (Throwable e) {
            failure = e;
            over = true;
        }
    }
}
