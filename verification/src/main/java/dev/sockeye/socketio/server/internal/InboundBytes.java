package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.SocketIoServer;

/** The bytes that wait for the handlers of a server, for the simulation. In this package because they are not public. */
public final class InboundBytes {
    private InboundBytes() {}

    /** The bytes of all clients. */
    public static long total(SocketIoServer server) {
        return ((ServerFacade) server).context().inboundTotal().used();
    }

    /** The bytes of the client with the most. */
    public static long most(SocketIoServer server) {
        long most = 0;
        for (Namespace namespace : server.namespaces().values()) {
            for (SocketCore socket : ((NamespaceFacade) namespace).core().sockets()) {
                most = Math.max(most, socket.client().mailbox().waitingBytes());
            }
        }
        return most;
    }
}
