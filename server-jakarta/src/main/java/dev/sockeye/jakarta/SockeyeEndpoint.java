package dev.sockeye.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;

/** The container's end of a WebSocket. Public because Jetty asks for it; applications have no use for it. */
public final class SockeyeEndpoint extends Endpoint {

    private final SessionConnection connection;

    SockeyeEndpoint(SessionConnection connection) {
        this.connection = connection;
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        connection.onOpen(session);
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        connection.onClose(reason);
    }

    @Override
    public void onError(Session session, Throwable why) {
        connection.onError(why);
    }
}
