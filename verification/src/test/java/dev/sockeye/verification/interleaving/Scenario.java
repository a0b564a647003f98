package dev.sockeye.verification.interleaving;

import java.util.List;

/** A few threads that share objects. Made anew for each run; {@link Interleavings} chooses the order of their steps. */
public interface Scenario {
    /** What the threads do. They must not wait for each other. */
    List<Runnable> threads();

    /** After all threads have ended: throws an {@link AssertionError} when something is wrong. */
    void check();
}
