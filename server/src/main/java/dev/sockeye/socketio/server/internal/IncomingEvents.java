package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;

/** Handles an event of a client: listeners of any event, the middlewares of the socket, then its handlers. In the mailbox. */
final class IncomingEvents {
    private IncomingEvents() {}

    static void handle(SocketCore socket, SocketPacket.Event packet) {
        Ack ack = packet.id() == SocketPacket.NO_ID ? EventAck.NONE : new EventAck(socket, packet.id());
        SocketListeners listeners = socket.listeners();
        SocketHooks hooks = listeners.hooks();
        SocketHooks.callAny(listeners, hooks.any(), packet.name(), packet.args());
        if (hooks.middlewares().length == 0) {
            dispatch(socket, packet.name(), packet.args(), ack);
            return;
        }
        IncomingEvent event = new IncomingEvent(packet.name(), packet.args());
        MiddlewareChain.run(
                socket.client().mailbox(),
                hooks.middlewares(),
                (middleware, next) -> middleware.handle(event, next),
                error -> {
                    if (error != null) {
                        listeners.onError(error);
                    } else {
                        dispatch(socket, event.name(), event.arguments(), ack);
                    }
                },
                error -> listeners.failed(event.name(), error));
    }

    /** A listener or a middleware may have disconnected the socket. */
    private static void dispatch(SocketCore socket, String event, Arguments args, Ack ack) {
        if (socket.handlesEvents()) {
            socket.listeners().dispatch(event, args, ack);
        }
    }
}
