package dev.sockeye.spring;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.GenericTypeResolver;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** One method of a controller: binds the arguments by type and calls the method through the bean's proxy. */
final class HandlerMethod {
    private static final boolean SECURITY = ClassUtils.isPresent(
            "org.springframework.security.core.context.SecurityContextHolder", HandlerMethod.class.getClassLoader());

    private static final boolean SCOPES = ClassUtils.isPresent(
            "org.springframework.web.context.request.RequestContextHolder", HandlerMethod.class.getClassLoader());

    private final ControllerHandlers.Bean bean;
    private final Method method;
    private final Method callable;
    private final PayloadValidation.Check validation;
    private final List<Function<ControllerHandlers.Call, @Nullable Object>> parameters = new ArrayList<>();
    private final boolean takesAck;

    HandlerMethod(
            ControllerHandlers.Bean bean,
            Method method,
            SocketIoServer io,
            PayloadValidation validation,
            boolean withPayload) {
        this.bean = bean;
        this.method = method;
        this.validation = validation.of(bean.type(), method);
        this.callable = callable(bean, method);
        int payloads = 0;
        boolean ack = false;
        for (Parameter parameter : method.getParameters()) {
            Function<ControllerHandlers.Call, @Nullable Object> known = known(parameter, io);
            if (known == null) {
                if (!withPayload) {
                    throw new InvalidHandlerException(
                            "The parameter " + parameter + " of " + method + " cannot be bound: there is no payload.",
                            "Take it out, or use a type that docs/spring-boot.md lists.");
                }
                Type type = GenericTypeResolver.resolveType(parameter.getParameterizedType(), bean.type());
                known = payload(parameter, type, payloads++);
            }
            ack |= parameter.getType() == Ack.class;
            parameters.add(known);
        }
        takesAck = ack;
    }

    private static Method callable(ControllerHandlers.Bean bean, Method method) {
        try {
            Method found = AopUtils.selectInvocableMethod(method, bean.called());
            ReflectionUtils.makeAccessible(found);
            return found;
        } catch (IllegalStateException e) {
            throw new InvalidHandlerException(
                    "The proxy of " + bean.type().getName() + " does not have the handler " + method + ".",
                    "Let it proxy the class (spring.aop.proxy-target-class=true, proxyTargetClass = true), declare the"
                            + " method in an interface of the bean, or make it at least package-private.",
                    e);
        }
    }

    private static @Nullable Function<ControllerHandlers.Call, @Nullable Object> known(
            Parameter parameter, SocketIoServer io) {
        Class<?> type = parameter.getType();
        Header header = parameter.getAnnotation(Header.class);
        if (header != null) {
            if (type != String.class) {
                throw new InvalidHandlerException(
                        "@Header needs a String, was " + parameter + " of " + parameter.getDeclaringExecutable() + ".",
                        "Make it a String.");
            }
            return call -> call.socket().request().header(header.value());
        } else if (type == Socket.class) {
            return ControllerHandlers.Call::socket;
        } else if (type == Ack.class) {
            return ControllerHandlers.Call::ack;
        } else if (type == Arguments.class) {
            return ControllerHandlers.Call::args;
        } else if (type == Handshake.class) {
            return call -> call.socket().handshake();
        } else if (type == Namespace.class) {
            return call -> call.socket().namespace();
        } else if (type == SocketIoServer.class) {
            return call -> io;
        } else if (type == DisconnectReason.class) {
            return ControllerHandlers.Call::reason;
        } else if (Throwable.class.isAssignableFrom(type)) {
            return ControllerHandlers.Call::error;
        } else if (Principal.class.isAssignableFrom(type)) {
            return call -> {
                Object principal = principal(call.socket());
                return type.isInstance(principal) ? principal : null;
            };
        }
        return null;
    }

    private static Function<ControllerHandlers.Call, @Nullable Object> payload(
            Parameter parameter, Type type, int index) {
        boolean primitive = parameter.getType().isPrimitive();
        boolean optional = parameter.getType() == Optional.class;
        return call -> {
            Object value = call.args().get(index, type);
            if (value == null && optional) {
                return Optional.empty();
            }
            if (value == null && primitive) {
                throw new BindingException("argument " + (index + 1) + " is missing", type, "$", null);
            }
            return value;
        };
    }

    /** The authentication of a socket, or the principal of its handshake; {@code null} if there is neither. */
    static @Nullable Object principal(Socket socket) {
        Object principal = SECURITY ? CallerSecurity.of(socket) : null;
        return principal == null ? socket.request().attribute("principal") : principal;
    }

    /** The message for the client if Spring Security has denied a call; {@code null} for any other exception. */
    static @Nullable String refusal(Throwable error) {
        return SECURITY ? CallerSecurity.refusal(error) : null;
    }

    boolean takesAck() {
        return takesAck;
    }

    boolean returnsNothing() {
        return method.getReturnType() == void.class;
    }

    @Nullable
    Object invoke(ControllerHandlers.Call call) throws Exception {
        @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = parameters.get(i).apply(call);
        }
        Callable<@Nullable Object> secured =
                SECURITY ? () -> CallerSecurity.with(call.socket(), () -> invoke(arguments)) : () -> invoke(arguments);
        return SCOPES ? CallScope.with(call.socket(), secured) : secured.call();
    }

    private @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
        Object target = bean.instance().get();
        validation.check(target, arguments);
        try {
            return callable.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof Error fatal) {
                throw fatal;
            }
            throw cause instanceof Exception exception ? exception : e;
        }
    }
}
