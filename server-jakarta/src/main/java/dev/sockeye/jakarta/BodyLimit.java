package dev.sockeye.jakarta;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The container's own limit for request bodies. Undertow limits every request (2 MB by default). The limit for bodies of
 * unknown length can be raised here, by reflection ({@code getExchange().setMaxEntitySize(long)}). The limit for bodies of
 * known length must be raised by the application; a warning is logged once. Tomcat and Jetty limit forms only.
 */
final class BodyLimit {

    private static final System.Logger LOG = System.getLogger(BodyLimit.class.getName());

    private record Way(Method exchange, Method limit, Method setLimit) {}

    private static final class Known {
        private final @Nullable Way way;

        Known(@Nullable Way way) {
            this.way = way;
        }
    }

    private static final ClassValue<Known> WAYS = new ClassValue<>() {
        @Override
        protected Known computeValue(Class<?> type) {
            try {
                Method exchange = type.getMethod("getExchange");
                Class<?> carrier = exchange.getReturnType();
                return new Known(new Way(
                        exchange,
                        carrier.getMethod("getMaxEntitySize"),
                        carrier.getMethod("setMaxEntitySize", long.class)));
            } catch (NoSuchMethodException e) {
                return new Known(null);
            }
        }
    };

    private final AtomicBoolean complained = new AtomicBoolean();

    /** Raises the container's limit for this request, if there is one. Call this before reading the body. */
    void raise(ServletRequest request, int wanted) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        Way way = WAYS.get(inner.getClass()).way;
        if (way != null) {
            try {
                Object exchange = way.exchange.invoke(inner);
                if (way.limit.invoke(exchange) instanceof Long limit && limit > 0 && limit < wanted) {
                    if (complained.compareAndSet(false, true)) {
                        LOG.log(
                                Level.WARNING,
                                JakartaLog.BODY_LIMIT_TOO_LOW.text("Undertow refuses requests of more than " + limit
                                        + " bytes, maxHttpBufferSize is " + wanted
                                        + ": set UndertowOptions.MAX_ENTITY_SIZE to that at least"));
                    }
                    way.setLimit.invoke(exchange, (long) wanted + BodyReader.MOST_DISCARDED);
                }
            } catch (InvocationTargetException | IllegalAccessException e) {
                LOG.log(
                        Level.WARNING,
                        JakartaLog.BODY_LIMIT_NOT_SET.text("cannot set the container's limit of a request's body"),
                        e);
            }
        }
    }
}
