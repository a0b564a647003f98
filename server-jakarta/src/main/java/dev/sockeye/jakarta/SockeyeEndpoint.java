package dev.sockeye.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;

/** The endpoint that the container calls. Public because Jetty requires it; not intended for applications. */
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
