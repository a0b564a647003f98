package dev.sockeye.verification.simulation;

/** Thrown if an invariant does not hold. */
final class Failure extends AssertionError {
    private static final long serialVersionUID = 1;

    Failure(String message) {
        super(message);
    }

    Failure(String message, Throwable cause) {
        super(message, cause);
    }
}
