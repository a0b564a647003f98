package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A handler with types as a raw handler: binds the arguments and calls it. The sockets of server and client register all typed
 * handlers in this form. For libraries that add forms of their own.
 *
 * <p>An argument that is missing or {@code null} does not fit, except for the type {@link Void}.
 */
public final class TypedHandler implements RawHandler {

    private interface Body {
        void call(Arguments args, Ack ack, HandlerErrors errors) throws Exception;
    }

    /** Tells arguments that do not fit from a {@link BindingException} that the handler throws. */
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
            LOG.log(System.Logger.Level.WARNING, "a handler of \"" + event + "\" failed", error);
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

    /** A handler of one argument. */
    public static <T> TypedHandler of(String event, Type type, AckEventHandler<T> handler) {
        return new TypedHandler(
                event, handler, (args, ack, errors) -> handler.handle(TypedHandler.<T>bind(event, args, 0, type), ack));
    }

    /** A handler of two arguments. */
    public static <A, B> TypedHandler of(String event, Type first, Type second, AckTwoArgumentHandler<A, B> handler) {
        return new TypedHandler(
                event,
                handler,
                (args, ack, errors) -> handler.handle(
                        TypedHandler.<A>bind(event, args, 0, first),
                        TypedHandler.<B>bind(event, args, 1, second),
                        ack));
    }

    /** A handler that answers with its result; a result that is a {@link java.util.concurrent.CompletionStage} is awaited. */
    public static <Q> TypedHandler ofRequest(
            String event, Type type, RequestHandler<Q, ? extends @Nullable Object> handler) {
        return new TypedHandler(event, handler, (args, ack, errors) -> {
            Q question = bind(event, args, 0, type);
            Answers.run(
                    () -> handler.handle(question),
                    result -> Answers.send(ack, result),
                    error -> Answers.fail(ack, error, errors.text(error)),
                    error -> {
                        ack.error(Answers.INTERNAL_ERROR); // does nothing when an answer was sent
                        errors.failed(event, error);
                    });
        });
    }

    /** The handler that was given. */
    public Object original() {
        return original;
    }

    /**
     * Binds the arguments and calls the handler. Arguments that do not fit are answered with an error.
     *
     * @param errors told of arguments that do not fit, and of a stage that fails later
     * @throws Exception what the handler throws
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
     * As {@link #handle(Arguments, Ack, HandlerErrors)}. What fails later, after a request handler has returned, is logged.
     *
     * @throws BindingException the arguments do not fit
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
