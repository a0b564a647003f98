package dev.sockeye.spring;

import org.jspecify.annotations.Nullable;

/** Thrown if a method of a controller is not a valid handler. */
final class InvalidHandlerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    InvalidHandlerException(String message, String action) {
        this(message, action, null);
    }

    InvalidHandlerException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** How to fix the problem. */
    String action() {
        return action;
    }
}
