package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Called for each event with this name. Parameters are bound by type: {@code Socket}, {@code Ack}, {@code Arguments}, {@code
 * Handshake}, {@code Principal}, {@code Namespace}, {@link Header}; the other parameters receive the event's arguments in
 * order, converted to the parameter types, and validated if annotated with {@code @Valid}.
 *
 * <p>If the client has requested an acknowledgement, the return value is sent as the acknowledgement: empty for {@code void}
 * (unless there is an {@code Ack} parameter), several values for {@code Arguments}, and asynchronously for a {@code
 * CompletionStage}. An exception is passed to a {@link SocketIoExceptionHandler}. Without one, it is acknowledged with {@code
 * {"error": text}}: the message of a binding or validation error or of a {@code MiddlewareException}, and "internal error" for
 * all other exceptions, which are logged.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnEvent {

    /** The names of the events. */
    String[] value();
}
