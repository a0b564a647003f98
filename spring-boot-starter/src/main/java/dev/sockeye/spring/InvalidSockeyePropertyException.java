package dev.sockeye.spring;

import org.jspecify.annotations.Nullable;

/** Thrown if a property has an invalid value. */
final class InvalidSockeyePropertyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidSockeyePropertyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
