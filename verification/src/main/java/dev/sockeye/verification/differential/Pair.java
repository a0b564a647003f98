package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Transcript.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What one scenario has resulted in on both servers. */
record Pair(Transcript sockeye, Transcript reference) {

    /** The index of the first line that differs; -1 if there is none. */
    int firstDifference() {
        return sockeye.firstDifference(reference);
    }

    Pair without(Predicate<Line> dropped) {
        return new Pair(without(sockeye, dropped), without(reference, dropped));
    }

    Pair withoutSockeye(int index) {
        return new Pair(without(sockeye, index), reference);
    }

    Pair withoutReference(int index) {
        return new Pair(sockeye, without(reference, index));
    }

    private static Transcript without(Transcript transcript, Predicate<Line> dropped) {
        return new Transcript(
                transcript.lines().stream().filter(dropped.negate()).toList());
    }

    private static Transcript without(Transcript transcript, int index) {
        List<Line> lines = new ArrayList<>(transcript.lines());
        lines.remove(index);
        return new Transcript(List.copyOf(lines));
    }
}
