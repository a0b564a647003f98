package dev.sockeye.verification.simulation;

/** Thrown by simulated handlers on purpose. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    Fault() {
        super("thrown by a simulated handler", null, false, false);
    }
}
