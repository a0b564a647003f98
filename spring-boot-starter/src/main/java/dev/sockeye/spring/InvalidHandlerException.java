package dev.sockeye.spring;

import org.jspecify.annotations.Nullable;

/** A method of a controller cannot be a handler as it is. */
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

    /** What to do about it. */
    String action() {
        return action;
    }
}
