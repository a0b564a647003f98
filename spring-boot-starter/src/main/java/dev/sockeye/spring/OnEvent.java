package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Called for each event with this name. Arguments by type: {@code Socket}, {@code Ack}, {@code Arguments}, {@code Handshake},
 * {@code Principal}, {@code Namespace}, {@link Header}; the other parameters get the event's arguments in order, as their types,
 * validated when marked {@code @Valid}.
 *
 * <p>What is returned answers the event if the client asked for an answer: nothing for {@code void} (without an {@code Ack}
 * parameter), several values for {@code Arguments}, later for a {@code CompletionStage}. An exception is answered by {@link
 * SocketIoExceptionHandler}, else with {@code {"error": text}}: the text of a payload that does not fit or is not valid, and of a
 * {@code MiddlewareException}; "internal error" for all others, which are logged.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnEvent {

    /** The names of the events. */
    String[] value();
}
