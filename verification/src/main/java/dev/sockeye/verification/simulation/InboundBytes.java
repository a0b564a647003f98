package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The bytes that wait for the handlers of a server. They are not public, so reflection is used. */
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

    /** The bytes of each client, by whether its session is open: the last data of a session that has ended is not bounded. */
    private static long[] of(SocketIoServer server, boolean open) {
        Set<Mailbox> mailboxes = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Namespace namespace : server.namespaces().values()) {
            for (Object socket : (Collection<?>) call(call(namespace, "core"), "sockets")) {
                Object client = call(socket, "client");
                boolean closed = ((EngineSocket) call(client, "conn")).readyState() == EngineSocket.ReadyState.CLOSED;
                if (open != closed) {
                    mailboxes.add((Mailbox) call(client, "mailbox"));
                }
            }
        }
        return mailboxes.stream().mapToLong(Mailbox::waitingBytes).toArray();
    }

    /** The bytes of the client with the most, of those whose sessions are open. */
    static long most(SocketIoServer server) {
        return Arrays.stream(of(server, true)).max().orElse(0);
    }

    /** The bytes of the clients whose sessions have ended. */
    static long ended(SocketIoServer server) {
        return Arrays.stream(of(server, false)).sum();
    }
}
