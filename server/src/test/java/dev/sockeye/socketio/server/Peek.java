package dev.sockeye.socketio.server;

import java.util.Collection;
import java.util.List;

/** Looks behind the public API, for tests of this package. */
final class Peek {
    private Peek() {}

    /** All sockets of a namespace and what it remembers of them. */
    static int members(Namespace namespace) {
        return ((NamespaceFacade) namespace).core().membersForTest();
    }

    static Collection<SocketCore> cores(Namespace namespace) {
        return ((NamespaceFacade) namespace).core().sockets();
    }

    static int pendingAcks(Socket socket) {
        return core(socket).pendingAckCount();
    }

    static SocketCore core(Socket socket) {
        return ((SocketFacade) socket).core();
    }

    /** The bytes of all clients that wait for handlers. */
    static long inboundBytes(SocketIoServer server) {
        return ((ServerFacade) server).context().inboundTotal().used();
    }

    /** The monitors of a server that no foreign code may run under. */
    static List<Object> monitors(SocketIoServer server) {
        return List.of(((ServerFacade) server).lifecycle(), ((ServerFacade) server).registry());
    }
}
