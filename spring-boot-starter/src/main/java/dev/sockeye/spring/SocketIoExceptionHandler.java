package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Handles exceptions of the other handlers of its {@link SocketIoController}, or of all controllers in a {@link
 * SocketIoControllerAdvice}; the one whose type is nearest. Arguments by type:
 * the exception and those of {@link OnEvent} except payloads. What it returns becomes the error of the acknowledgement: {@code
 * {"error": value}}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface SocketIoExceptionHandler {

    /** The exceptions. */
    Class<? extends Throwable>[] value();
}
