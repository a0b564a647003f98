package dev.sockeye.verification.simulation;

/** The trace of a run, one line for each event: as text if requested, always as a hash. */
final class Trace {
    private final StringBuilder text = new StringBuilder();
    private final boolean kept;
    private long hash = 0xcbf29ce484222325L;
    private long lines;

    Trace(boolean kept) {
        this.kept = kept;
    }

    void add(long now, String who, String what) {
        lines++;
        mix(now);
        mix(who);
        mix(what);
        if (kept) {
            text.append(String.format("%12.6f  %-10s  ", now / 1e9, who))
                    .append(what)
                    .append('\n');
        }
    }

    void add(long now, String who, String what, int number) {
        if (kept) {
            add(now, who, what + number);
        } else {
            lines++;
            mix(now);
            mix(number);
        }
    }

    /** An event of the simulation; part of the hash only. */
    void event(long now, String label) {
        mix(now);
        mix(label);
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0x100000001b3L;
    }

    private void mix(String value) {
        mix(value.hashCode());
    }

    long hash() {
        return hash;
    }

    long lines() {
        return lines;
    }

    String text() {
        return text.toString();
    }
}
