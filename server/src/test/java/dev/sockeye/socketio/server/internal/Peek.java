package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.Collection;
import java.util.List;

/** Looks behind the public API, for tests of the server. */
public final class Peek {
    private Peek() {}

    /** All sockets of a namespace and its state about them. */
    public static int members(Namespace namespace) {
        return ((NamespaceFacade) namespace).core().membersForTest();
    }

    static Collection<SocketCore> cores(Namespace namespace) {
        return ((NamespaceFacade) namespace).core().sockets();
    }

    public static int pendingAcks(Socket socket) {
        return core(socket).pendingAckCount();
    }

    static SocketCore core(Socket socket) {
        return ((SocketFacade) socket).core();
    }

    /** The bytes of all clients that wait for handlers. */
    public static long inboundBytes(SocketIoServer server) {
        return ((ServerFacade) server).context().inboundTotal().used();
    }

    /** The monitors of a server that no foreign code may run under. */
    public static List<Object> monitors(SocketIoServer server) {
        return List.of(((ServerFacade) server).lifecycle(), ((ServerFacade) server).registry());
    }
}
