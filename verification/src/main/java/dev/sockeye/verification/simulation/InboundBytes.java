package dev.sockeye.verification.simulation;

import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The bytes that wait for the handlers of a server. They are not public, so that reflection is used. */
final class InboundBytes {
    private static final Map<String, Method> METHODS = new ConcurrentHashMap<>();

    private InboundBytes() {}

    private static Object call(Object target, String name) {
        Method method =
                METHODS.computeIfAbsent(target.getClass().getName() + name, key -> find(target.getClass(), name));
        try {
            return method.invoke(target);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + " of " + target.getClass(), e);
        }
    }

    private static Method find(Class<?> type, String name) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            try {
                Method found = each.getDeclaredMethod(name);
                found.setAccessible(true);
                return found;
            } catch (NoSuchMethodException e) {
                // of a superclass
            }
        }
        throw new IllegalStateException("no method " + name + " in " + type);
    }

    /** The bytes of all clients. */
    static long total(SocketIoServer server) {
        return (long) call(call(call(server, "context"), "inboundTotal"), "used");
    }

    /** The bytes of the client with the most. */
    static long most(SocketIoServer server) {
        long most = 0;
        for (Namespace namespace : server.namespaces().values()) {
            for (Object socket : (Collection<?>) call(call(namespace, "core"), "sockets")) {
                Mailbox mailbox = (Mailbox) call(call(socket, "client"), "mailbox");
                most = Math.max(most, mailbox.waitingBytes());
            }
        }
        return most;
    }
}
