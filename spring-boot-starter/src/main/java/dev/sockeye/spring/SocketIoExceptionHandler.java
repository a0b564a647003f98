package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Handles exceptions of the other handlers of its {@link SocketIoController}, or of all controllers if declared in a {@link
 * SocketIoControllerAdvice}. The handler with the most specific exception type is called. Parameters are bound by type: the
 * exception and the types listed in {@link OnEvent}, except payloads. The return value is sent as the error of the
 * acknowledgement: {@code {"error": value}}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface SocketIoExceptionHandler {

    /** The exceptions to handle. */
    Class<? extends Throwable>[] value();
}
