package dev.sockeye.verification.simulation;

/** What a simulated handler throws on purpose. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    Fault() {
        super("thrown by a simulated handler", null, false, false);
    }
}
