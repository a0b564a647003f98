package dev.sockeye.spring;

import org.jspecify.annotations.Nullable;

/** A property has a value that the server cannot take. */
final class InvalidSockeyePropertyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidSockeyePropertyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
