package dev.sockeye.verification.simulation;

import java.util.List;

/** The only source of randomness of a run: SplitMix64, the same on every JVM. */
final class Dice {
    private long state;

    Dice(long seed) {
        state = seed;
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** 0 to bound - 1. */
    int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /** From least to most, both included. */
    long between(long least, long most) {
        return least + Long.remainderUnsigned(next(), most - least + 1);
    }

    /** True in so many of a thousand cases. */
    boolean permille(int chance) {
        return chance > 0 && below(1000) < chance;
    }

    <T> T choose(List<T> list) {
        return list.get(below(list.size()));
    }

    /** A generator of its own for a part of the run, so that parts do not disturb each other. */
    Dice split() {
        return new Dice(next());
    }
}
