package dev.sockeye.spring;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.Answers;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.MiddlewareException;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketHandler;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** The handlers of one controller, which are added to each new socket of its namespace. */
final class ControllerHandlers implements SocketHandler {
    private static final System.Logger LOG = System.getLogger(ControllerHandlers.class.getName());

    /** The acknowledgement for callbacks other than events. */
    private static final Ack NO_ACK = new Ack() {
        @Override
        public boolean expected() {
            return false;
        }

        @Override
        public void send(@Nullable Object... args) {}

        @Override
        public void error(String message) {}
    };

    /**
     * The bean that declares the methods.
     *
     * @param type the class of the bean, not of its proxy
     * @param called the class of the object that is called, possibly a proxy
     * @param instance supplies the object that is called
     */
    record Bean(Class<?> type, Class<?> called, Supplier<Object> instance) {}

    private record EventMethod(String event, HandlerMethod method) {}

    private record LeaveMethod(List<DisconnectReason> reasons, HandlerMethod method) {}

    /** A method that handles exceptions of one type. */
    record ErrorMethod(Class<? extends Throwable> type, HandlerMethod method) {}

    private final List<HandlerMethod> connect = new ArrayList<>();
    private final List<EventMethod> events = new ArrayList<>();
    private final List<LeaveMethod> leave = new ArrayList<>();
    private final List<ErrorMethod> errors;
    private final List<ErrorMethod> shared;
    private final HandlerObserver observer;

    /**
     * Creates the handlers of one bean.
     *
     * @param shared handles exceptions for which the bean has no exception handler
     */
    ControllerHandlers(
            Bean bean,
            SocketIoServer io,
            PayloadValidation validation,
            HandlerObserver observer,
            List<ErrorMethod> shared) {
        this.observer = observer;
        this.shared = shared;
        this.errors = errorMethods(bean, io, validation);
        Class<?> type = bean.type();
        select(type, OnConnect.class)
                .forEach((method, mark) -> connect.add(new HandlerMethod(bean, method, io, validation, true)));
        select(type, OnEvent.class).forEach((method, mark) -> {
            HandlerMethod handler = new HandlerMethod(bean, method, io, validation, true);
            for (String event : mark.value()) {
                events.add(new EventMethod(event, handler));
            }
        });
        select(type, OnDisconnect.class)
                .forEach((method, mark) -> leave.add(new LeaveMethod(
                        List.of(mark.value()), new HandlerMethod(bean, method, io, validation, false))));
    }

    /** The exception handlers of a bean. */
    static List<ErrorMethod> errorMethods(Bean bean, SocketIoServer io, PayloadValidation validation) {
        List<ErrorMethod> found = new ArrayList<>();
        select(bean.type(), SocketIoExceptionHandler.class).forEach((method, mark) -> {
            HandlerMethod handler = new HandlerMethod(bean, method, io, validation, false);
            for (Class<? extends Throwable> error : mark.value()) {
                found.add(new ErrorMethod(error, handler));
            }
        });
        return found;
    }

    /** The exception handlers of an advice, which may not have other handlers. */
    static List<ErrorMethod> adviceMethods(Bean bean, SocketIoServer io, PayloadValidation validation) {
        for (Class<? extends Annotation> other : List.of(OnConnect.class, OnEvent.class, OnDisconnect.class)) {
            if (!select(bean.type(), other).isEmpty()) {
                throw new InvalidHandlerException(
                        "@" + other.getSimpleName() + " is not called in "
                                + bean.type().getName() + ", which is a @SocketIoControllerAdvice.",
                        "Put it into a @SocketIoController.");
            }
        }
        return errorMethods(bean, io, validation);
    }

    private static <A extends Annotation> Map<Method, A> select(Class<?> type, Class<A> mark) {
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<A>)
                method -> AnnotatedElementUtils.findMergedAnnotation(method, mark));
    }

    @Override
    public void handle(Socket socket) throws Exception {
        for (EventMethod event : events) {
            socket.on(event.event(), (Arguments args, Ack ack) -> onEvent(socket, event, args, ack));
        }
        if (!leave.isEmpty()) {
            socket.onDisconnect((reason, description) -> onDisconnect(socket, reason));
        }
        for (HandlerMethod method : connect) {
            Call call = new Call(socket, Arguments.of(socket.handshake().authPayload()), null, null, null);
            run(socket, "connect", method, call, null);
        }
    }

    private void onEvent(Socket socket, EventMethod event, Arguments args, Ack ack) throws Exception {
        run(socket, event.event(), event.method(), new Call(socket, args, ack, null, null), ack);
    }

    private void onDisconnect(Socket socket, DisconnectReason reason) throws Exception {
        for (LeaveMethod method : leave) {
            if (method.reasons().isEmpty() || method.reasons().contains(reason)) {
                run(
                        socket,
                        "disconnect",
                        method.method(),
                        new Call(socket, Arguments.none(), null, reason, null),
                        null);
            }
        }
    }

    private void run(Socket socket, String event, HandlerMethod method, Call call, @Nullable Ack ack) throws Exception {
        Answers.run(
                () -> observer.around(socket, event, () -> method.invoke(call)),
                result -> answer(method, ack, result),
                error -> failed(socket, event, call, ack, error),
                error -> report(socket, event, ack, error));
    }

    /** A stage has failed, after the call of its handler. */
    private static void report(Socket socket, String event, @Nullable Ack ack, Throwable error) {
        if (ack != null) {
            ack.error(Answers.INTERNAL_ERROR); // does nothing if an answer was already sent
        }
        LOG.log(
                System.Logger.Level.WARNING,
                SpringLog.HANDLER_FAILED.text("a handler of \"" + event + "\" on " + socket + " failed"),
                error);
    }

    private static void rethrow(Throwable error) throws Exception {
        if (error instanceof Error fatal) {
            throw fatal;
        }
        throw error instanceof Exception exception ? exception : new IllegalStateException(error);
    }

    private static void answer(HandlerMethod method, @Nullable Ack ack, @Nullable Object value) {
        if (ack == null || !ack.expected()) {
            return;
        }
        if (value instanceof Arguments || !method.returnsNothing()) {
            Answers.send(ack, value);
        } else if (!method.takesAck()) {
            ack.send();
        }
    }

    private void failed(Socket socket, String event, Call call, @Nullable Ack ack, Throwable error) throws Exception {
        HandlerMethod own = mapping(errors, error);
        HandlerMethod mapped = own != null ? own : mapping(shared, error);
        if (mapped != null) {
            Answers.run(
                    () -> mapped.invoke(new Call(socket, Arguments.none(), call.ack(), call.reason(), error)),
                    value -> {
                        if (ack != null && ack.expected() && !(mapped.returnsNothing() && mapped.takesAck())) {
                            ack.send(Collections.singletonMap("error", value));
                        }
                    },
                    ControllerHandlers::rethrow,
                    later -> report(socket, event, ack, later));
            return;
        }
        Answers.fail(ack == null ? NO_ACK : ack, error, text(error));
    }

    /** The part of an exception that may be sent to the client. */
    private static @Nullable String text(Throwable error) {
        if (error instanceof PayloadValidation.InvalidPayloadException || error instanceof MiddlewareException) {
            return String.valueOf(error.getMessage());
        }
        String text = Answers.text(error);
        return text == null ? HandlerMethod.refusal(error) : text;
    }

    private static @Nullable HandlerMethod mapping(List<ErrorMethod> errors, Throwable error) {
        for (Class<?> type = error.getClass(); type != null; type = type.getSuperclass()) {
            for (ErrorMethod method : errors) {
                if (method.type() == type) {
                    return method.method();
                }
            }
        }
        return null;
    }

    /** The context of one call. */
    record Call(
            Socket socket,
            Arguments args,
            @Nullable Ack ack,
            @Nullable DisconnectReason reason,
            @Nullable Throwable error) {}
}
