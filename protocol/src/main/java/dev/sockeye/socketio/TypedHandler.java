package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Adapts a typed handler to a raw handler: binds the arguments and calls it. The sockets of server and client register
 * all typed handlers in this form. For libraries that add their own kinds of handlers.
 *
 * <p>An argument that is missing or {@code null} does not fit, except for the type {@link Void}.
 */
public final class TypedHandler implements RawHandler {

    private interface Body {
        void call(Arguments args, Ack ack, HandlerErrors errors) throws Exception;
    }

    /** Distinguishes arguments that do not fit from a {@link BindingException} that is thrown by the handler. */
    private static final class Unbound extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient BindingException error;

        Unbound(BindingException error) {
            super(null, null, false, false);
            this.error = error;
        }
    }

    private static final System.Logger LOG = System.getLogger(TypedHandler.class.getName());

    private static final HandlerErrors THROWING = new HandlerErrors() {
        @Override
        public void unbound(String event, BindingException error) {
            throw error;
        }

        @Override
        public void failed(String event, Throwable error) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    TypedEventLog.HANDLER_FAILED.text("a handler of \"" + event + "\" failed"),
                    error);
        }
    };

    private final String event;
    private final Object original;
    private final Body body;

    private TypedHandler(String event, Object original, Body body) {
        this.event = event;
        this.original = original;
        this.body = body;
    }

    /** Creates a handler with one argument. */
    public static <T> TypedHandler of(String event, Type type, AckEventHandler<T> handler) {
        return new TypedHandler(
                event, handler, (args, ack, errors) -> handler.handle(TypedHandler.<T>bind(event, args, 0, type), ack));
    }

    /** Creates a handler with two arguments. */
    public static <A, B> TypedHandler of(String event, Type first, Type second, AckTwoArgumentHandler<A, B> handler) {
        return new TypedHandler(
                event,
                handler,
                (args, ack, errors) -> handler.handle(
                        TypedHandler.<A>bind(event, args, 0, first),
                        TypedHandler.<B>bind(event, args, 1, second),
                        ack));
    }

    /**
     * Creates a handler that answers with its result. If the result is a {@link java.util.concurrent.CompletionStage},
     * the answer is sent when it completes.
     */
    public static <Q> TypedHandler ofRequest(
            String event, Type type, RequestHandler<Q, ? extends @Nullable Object> handler) {
        return new TypedHandler(event, handler, (args, ack, errors) -> {
            Q question = bind(event, args, 0, type);
            Answers.run(
                    () -> handler.handle(question),
                    result -> Answers.send(ack, result),
                    error -> Answers.fail(ack, error, errors.text(error)),
                    error -> {
                        ack.error(Answers.INTERNAL_ERROR); // does nothing if an answer was already sent
                        errors.failed(event, error);
                    });
        });
    }

    /** The original handler. */
    public Object original() {
        return original;
    }

    /**
     * Binds the arguments and calls the handler. Arguments that do not fit are answered with an error.
     *
     * @param errors called for arguments that do not fit, and for a stage that fails later
     * @throws Exception any exception that the handler throws
     */
    public void handle(Arguments args, Ack ack, HandlerErrors errors) throws Exception {
        try {
            body.call(args, ack, errors);
        } catch (Unbound unbound) {
            ack.error(String.valueOf(unbound.error.getMessage()));
            errors.unbound(event, unbound.error);
        }
    }

    /**
     * Same as {@link #handle(Arguments, Ack, HandlerErrors)}. If the stage returned by a request handler fails later,
     * the failure is logged.
     *
     * @throws BindingException if the arguments do not fit
     */
    @Override
    public void handle(Arguments args, Ack ack) throws Exception {
        handle(args, ack, THROWING);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T> T bind(String event, Arguments args, int index, Type type) {
        try {
            return Binding.argument(event, args, index, type);
        } catch (BindingException e) {
            throw new Unbound(e);
        }
    }
}
