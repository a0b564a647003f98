package dev.sockeye.spring;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Checks the arguments of a handler against the constraints of its parameters. */
interface PayloadValidation {
    /** Without Bean Validation on the class path. */
    PayloadValidation NONE = (target, method, arguments) -> {};

    /**
     * Throws {@link InvalidPayloadException} if an argument is not valid.
     *
     * @param target the bean, maybe a proxy of it
     * @param method the handler as its class declares it
     */
    void check(Object target, Method method, @Nullable Object[] arguments);

    /** A payload that is not valid; the message is for the client. */
    final class InvalidPayloadException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidPayloadException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
