package dev.sockeye.spring;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Validates the arguments of handlers against the constraints of their parameters. */
interface PayloadValidation {
    /** Used if Bean Validation is not on the class path. */
    PayloadValidation NONE = (type, method) -> Check.NONE;

    /**
     * The validation for one handler.
     *
     * @param type the class of the bean, not of its proxy
     * @throws InvalidHandlerException if its constraint declarations are rejected by Bean Validation
     */
    Check of(Class<?> type, Method method);

    /** The validation for one handler. */
    interface Check {
        /** Validates nothing. */
        Check NONE = (target, arguments) -> {};

        /**
         * Throws {@link InvalidPayloadException} if an argument is invalid.
         *
         * @param target the bean, possibly a proxy
         */
        void check(Object target, @Nullable Object[] arguments);
    }

    /** Thrown for an invalid payload; the message is sent to the client. */
    final class InvalidPayloadException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidPayloadException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
