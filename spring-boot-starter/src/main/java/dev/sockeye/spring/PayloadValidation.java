package dev.sockeye.spring;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Checks the arguments of handlers against the constraints of their parameters. */
interface PayloadValidation {
    /** Without Bean Validation on the class path. */
    PayloadValidation NONE = (type, method) -> Check.NONE;

    /**
     * The check for one handler.
     *
     * @param type the class of the bean, not that of a proxy
     * @throws InvalidHandlerException if its constraints are declared in a way that Bean Validation does not allow
     */
    Check of(Class<?> type, Method method);

    /** The check of one handler. */
    interface Check {
        /** Nothing is to be checked. */
        Check NONE = (target, arguments) -> {};

        /**
         * Throws {@link InvalidPayloadException} if an argument is not valid.
         *
         * @param target the bean, maybe a proxy of it
         */
        void check(Object target, @Nullable Object[] arguments);
    }

    /** A payload that is not valid; the message is for the client. */
    final class InvalidPayloadException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidPayloadException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
