package dev.sockeye.verification.interleaving;

import java.util.List;

/** A few threads that share objects. Created for each run; {@link Interleavings} chooses the order of their steps. */
public interface Scenario {
    /** The actions of the threads. They must not wait for each other. */
    List<Runnable> threads();

    /** After all threads have ended: throws an {@link AssertionError} if something is wrong. */
    void check();
}
