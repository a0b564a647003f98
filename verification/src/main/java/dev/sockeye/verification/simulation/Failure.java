package dev.sockeye.verification.simulation;

/** An invariant does not hold. */
final class Failure extends AssertionError {
    private static final long serialVersionUID = 1;

    Failure(String message) {
        super(message);
    }

    Failure(String message, Throwable cause) {
        super(message, cause);
    }
}
