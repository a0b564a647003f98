package dev.sockeye.verification.simulation;

import org.jspecify.annotations.Nullable;

/** The client side of a WebSocket. */
final class ClientWebSocket implements Connection.End {
    private final ClientSession session;
    private final Simulation simulation;
    private final String sid;
    private final Connection connection;
    private boolean accepted;
    private boolean probing;
    private boolean over;

    /** @param sid the session to upgrade; empty for a new session */
    ClientWebSocket(ClientSession session, String sid) {
        this.session = session;
        this.simulation = session.simulation;
        this.sid = sid;
        this.probing = !sid.isEmpty();
        this.connection = session.network().connect(session.name + " ws");
    }

    Connection connection() {
        return connection;
    }

    void open() {
        connection.client(this);
        connection.down.receiver(this::onFrame);
        String uri = "/socket.io/?EIO=4&transport=websocket" + (sid.isEmpty() ? "" : "&sid=" + sid);
        session.node.webSocket(connection, new SimulatedRequest("GET", uri, session.address));
    }

    boolean writable() {
        return accepted && !over;
    }

    void send(Object frame) {
        int size = frame instanceof byte[] data ? data.length : ((String) frame).length();
        session.network().sends(size);
        connection.up.send(frame, size);
    }

    /** The WebSocket carries the session from now on. */
    void carries() {
        probing = false;
    }

    private void onFrame(@Nullable Object frame) {
        if (over) {
            return;
        }
        if (frame == ServerWebSocket.ACCEPTED) {
            accepted = true;
            if (probing) {
                send("2probe");
            }
        } else if (frame == ServerWebSocket.CLOSE) {
            connection.up.send(ServerWebSocket.CLOSE, 2);
            over = true;
            session.onWebSocketLost(this, "WebSocket closed by the server");
        } else if (frame instanceof String || frame instanceof byte[]) {
            if (probing) {
                if ("3probe".equals(frame)) {
                    session.onProbed();
                } else {
                    simulation.fail(session.name + " got " + frame + " while probing");
                }
            } else {
                session.onPacket(frame);
            }
        } else {
            over = true;
            connection.closeBy(this);
            session.onWebSocketLost(this, "refused");
        }
    }

    @Override
    public void onLost() {
        if (!over) {
            over = true;
            session.onWebSocketLost(this, "WebSocket lost");
        }
    }

    void close(boolean orderly) {
        if (over) {
            return;
        }
        over = true;
        if (orderly && accepted) {
            connection.up.send(ServerWebSocket.CLOSE, 2);
            simulation.after(5_000_000_000L, "client close", () -> connection.closeBy(this));
        } else {
            connection.closeBy(this);
        }
    }
}
