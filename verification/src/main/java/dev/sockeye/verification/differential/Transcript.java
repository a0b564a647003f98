package dev.sockeye.verification.differential;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Everything that was observed in a scenario. */
record Transcript(List<Line> lines) {

    /**
     * An observation.
     *
     * @param step the index of the step after which it was made; the number of steps for observations after the end
     * @param where the connection, or {@code log} for the application's log
     */
    record Line(int step, String where, String text) {
        @Override
        public String toString() {
            return "[" + step + "] " + where + "  " + (text.length() > 600 ? text.substring(0, 600) + "..." : text);
        }
    }

    /** The index of the first line that differs; -1 if there is none. */
    int firstDifference(Transcript other) {
        int shorter = Math.min(lines.size(), other.lines.size());
        for (int i = 0; i < shorter; i++) {
            if (!lines.get(i).equals(other.lines.get(i))) {
                return i;
            }
        }
        return lines.size() == other.lines.size() ? -1 : shorter;
    }

    /** Whether each connection and the log are equal, possibly after different steps. */
    boolean sameExceptForSteps(Transcript other) {
        return withoutSteps().equals(other.withoutSteps());
    }

    private Map<String, List<String>> withoutSteps() {
        return lines.stream()
                .collect(Collectors.groupingBy(Line::where, Collectors.mapping(Line::text, Collectors.toList())));
    }

    /** The text of a line; empty if it does not exist. */
    String at(int index) {
        return index < lines.size() ? lines.get(index).toString() : "";
    }
}
