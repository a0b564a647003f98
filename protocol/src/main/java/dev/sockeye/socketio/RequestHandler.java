package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Handles an event by returning its answer.
 *
 * @param <Q> the type of the argument
 * @param <A> the type of the answer
 */
@FunctionalInterface
public interface RequestHandler<Q, A extends @Nullable Object> {

    /**
     * Handles a request. Threads as for {@link RawHandler}, nulls as for {@link AckEventHandler}.
     *
     * @return the answer, one argument of the acknowledgement (an {@link dev.sockeye.socketio.protocol.Arguments} is all of them)
     * @throws Exception is answered with <code>{"error": text}</code>. The text is the message of an {@link
     *     AckErrorException} or a {@link dev.sockeye.socketio.protocol.BindingException}; for any other exception it is
     *     {@code internal error}, and the exception is reported to the error listeners and the log
     */
    A handle(Q question) throws Exception;
}
