package dev.sockeye.spring;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.security.Principal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Hints for native images: what the handlers of controllers need at run time, determined during Spring's ahead-of-time
 * processing. Handler methods can be invoked; the types of payloads and return values can be bound.
 */
final class ControllerHints implements BeanRegistrationAotProcessor {
    private static final List<Class<? extends Annotation>> MARKS =
            List.of(OnConnect.class, OnEvent.class, OnDisconnect.class, SocketIoExceptionHandler.class);

    private static final Set<Class<?>> KNOWN = Set.of(
            Socket.class,
            Ack.class,
            Arguments.class,
            Handshake.class,
            Namespace.class,
            SocketIoServer.class,
            DisconnectReason.class);

    private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
        Set<Method> handlers = handlers(type);
        if (handlers.isEmpty()) {
            return null;
        }
        return (context, code) -> register(context.getRuntimeHints().reflection(), type, handlers);
    }

    private static Set<Method> handlers(Class<?> type) {
        return MethodIntrospector.selectMethods(
                type,
                (Method method) -> MARKS.stream().anyMatch(mark -> AnnotatedElementUtils.hasAnnotation(method, mark)));
    }

    private void register(ReflectionHints hints, Class<?> type, Set<Method> handlers) {
        Set<Type> bound = new LinkedHashSet<>();
        for (Method handler : handlers) {
            hints.registerMethod(handler, ExecutableMode.INVOKE);
            for (Parameter parameter : handler.getParameters()) {
                if (isPayload(parameter)) {
                    bound.add(GenericTypeResolver.resolveType(parameter.getParameterizedType(), type));
                }
            }
            answer(ResolvableType.forMethodReturnType(handler, type), bound);
        }
        binding.registerReflectionHints(hints, bound.toArray(Type[]::new));
    }

    private static boolean isPayload(Parameter parameter) {
        Class<?> type = parameter.getType();
        return !KNOWN.contains(type)
                && !parameter.isAnnotationPresent(Header.class)
                && !Throwable.class.isAssignableFrom(type)
                && !Principal.class.isAssignableFrom(type);
    }

    private static void answer(ResolvableType returned, Set<Type> bound) {
        ResolvableType result = returned;
        if (CompletionStage.class.isAssignableFrom(returned.toClass())) {
            result = (returned.hasGenerics() ? returned : returned.as(CompletionStage.class)).getGeneric(0);
        }
        Class<?> raw = result.resolve();
        if (raw != null && raw != void.class && !KNOWN.contains(raw)) {
            bound.add(result.getType() instanceof TypeVariable<?> ? raw : result.getType());
        }
    }
}
