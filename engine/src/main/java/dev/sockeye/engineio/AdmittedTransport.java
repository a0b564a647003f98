package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.MessageConnection;

/**
 * A connection that was admitted as a new session but is not open yet. Holds the permit until the session takes it over
 * or the connection ends.
 */
final class AdmittedTransport implements MessageTransport.Handshakes {
    private final EngineServer server;
    private final HostRequest request;
    private final String id;
    private final int protocol;
    private final Permit permit;

    AdmittedTransport(EngineServer server, HostRequest request, String id, int protocol, Permit permit) {
        this.server = server;
        this.request = request;
        this.id = id;
        this.protocol = protocol;
        this.permit = permit;
    }

    @Override
    public void opened(MessageTransport transport, MessageConnection connection) {
        server.startSession(id, protocol, request, connection.loop(), permit, session -> {
            transport.carry(session);
            return new EngineServer.First(transport, EngineSocket.NOTHING);
        });
    }

    @Override
    public void neverOpened() {
        permit.release();
    }
}
