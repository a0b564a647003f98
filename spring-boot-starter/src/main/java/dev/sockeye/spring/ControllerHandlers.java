package dev.sockeye.spring;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.server.Ack;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.MiddlewareException;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketHandler;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** The handlers of one controller; attaches them to each new socket of its namespace. */
final class ControllerHandlers implements SocketHandler {
    private static final System.Logger LOG = System.getLogger(ControllerHandlers.class.getName());

    /**
     * What the methods belong to.
     *
     * @param type the class, not that of a proxy
     * @param called the class of what is called, maybe a proxy
     * @param instance gives what is called
     */
    record Bean(Class<?> type, Class<?> called, Supplier<Object> instance) {}

    private record EventMethod(String event, HandlerMethod method) {}

    private record LeaveMethod(List<DisconnectReason> reasons, HandlerMethod method) {}

    /** What handles exceptions of one type. */
    record ErrorMethod(Class<? extends Throwable> type, HandlerMethod method) {}

    private final List<HandlerMethod> connect = new ArrayList<>();
    private final List<EventMethod> events = new ArrayList<>();
    private final List<LeaveMethod> leave = new ArrayList<>();
    private final List<ErrorMethod> errors;
    private final List<ErrorMethod> shared;
    private final HandlerObserver observer;

    /**
     * Of one bean.
     *
     * @param shared handles exceptions that the bean does not
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

    /** Those of an advice, which has nothing else. */
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
        Object result;
        try {
            result = observer.around(socket.namespace().name(), event, () -> method.invoke(call));
        } catch (Throwable error) {
            failed(socket, call, ack, error);
            return;
        }
        if (result instanceof CompletionStage<?> later) {
            var unused = later.handle((value, error) -> {
                if (error == null) {
                    answer(method, ack, value);
                } else {
                    Throwable cause =
                            error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                    try {
                        failed(socket, call, ack, cause);
                    } catch (Exception e) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "a handler of \"" + event + "\" on " + socket + " failed",
                                e);
                    }
                }
                return null;
            });
        } else {
            answer(method, ack, result);
        }
    }

    private static void answer(HandlerMethod method, @Nullable Ack ack, @Nullable Object value) {
        if (ack == null || !ack.expected()) {
            return;
        }
        if (value instanceof Arguments several) {
            ack.send(several.toList().toArray());
        } else if (!method.returnsNothing()) {
            ack.send(value);
        } else if (!method.takesAck()) {
            ack.send();
        }
    }

    private void failed(Socket socket, Call call, @Nullable Ack ack, Throwable error) throws Exception {
        HandlerMethod own = mapping(errors, error);
        HandlerMethod mapped = own != null ? own : mapping(shared, error);
        if (mapped != null) {
            Object value = mapped.invoke(new Call(socket, Arguments.none(), call.ack(), call.reason(), error));
            if (ack != null && ack.expected() && !(mapped.returnsNothing() && mapped.takesAck())) {
                ack.send(java.util.Collections.singletonMap("error", value));
            }
            return;
        }
        String told = tellable(error);
        if (ack != null) {
            ack.error(told == null ? "internal error" : told);
        }
        if (told == null || ack == null || !ack.expected()) {
            rethrow(error);
        }
    }

    /** What the client may know of an exception. */
    private static @Nullable String tellable(Throwable error) {
        boolean meant = error instanceof BindingException
                || error instanceof PayloadValidation.InvalidPayloadException
                || error instanceof MiddlewareException;
        return meant ? String.valueOf(error.getMessage()) : HandlerMethod.refusal(error);
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

    private static void rethrow(Throwable error) throws Exception {
        if (error instanceof Error fatal) {
            throw fatal;
        }
        throw error instanceof Exception exception ? exception : new IllegalStateException(error);
    }

    /** What one call is about. */
    record Call(
            Socket socket,
            Arguments args,
            @Nullable Ack ack,
            @Nullable DisconnectReason reason,
            @Nullable Throwable error) {}
}
