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

    /** A number from 0 to bound - 1. */
    int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /** A number from least to most, both inclusive. */
    long between(long least, long most) {
        return least + Long.remainderUnsigned(next(), most - least + 1);
    }

    /** True with this probability in per mille. */
    boolean permille(int chance) {
        return chance > 0 && below(1000) < chance;
    }

    <T> T choose(List<T> list) {
        return list.get(below(list.size()));
    }

    /** A separate generator for a part of the run, so that parts do not affect each other. */
    Dice split() {
        return new Dice(next());
    }
}
