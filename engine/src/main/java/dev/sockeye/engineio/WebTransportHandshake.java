package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first packet of a WebTransport session: an open packet, which is empty for a new session or has the id
 * of the session to take over. Later packets are passed to the transport. A refusal is sent as the code and the reason
 * of the session's close. Confined to the connection's loop.
 */
final class WebTransportHandshake implements MessageListener {
    private static final int PROTOCOL = 4;

    private final EngineServer server;
    private final Hooks hooks;
    private final HostRequest request;
    private @Nullable MessageConnection connection;
    private EngineLoop.@Nullable Timer timeout;
    private @Nullable MessageListener next;
    private boolean admitting;

    WebTransportHandshake(EngineServer server, Hooks hooks, HostRequest request) {
        this.server = server;
        this.hooks = hooks;
        this.request = request;
    }

    @Override
    public void onOpen(MessageConnection opened) {
        connection = opened;
        timeout = opened.loop().schedule(() -> close(0, ""), server.options().upgradeTimeout());
    }

    @Override
    public void onText(byte[] utf8) {
        if (next != null) {
            next.onText(utf8);
        } else if (connection != null) {
            first(connection, utf8);
        }
    }

    @Override
    public void onBinary(byte[] data) {
        if (next != null) {
            next.onBinary(data);
        } else {
            refuse(HandshakeError.BAD_REQUEST, Map.of("name", "TRANSPORT_HANDSHAKE_ERROR"));
        }
    }

    private void first(MessageConnection open, byte[] utf8) {
        if (admitting || utf8.length == 0 || utf8[0] != '0') {
            refuse(HandshakeError.BAD_REQUEST, Map.of("name", "TRANSPORT_HANDSHAKE_ERROR"));
        } else if (utf8.length == 1) {
            admitting = true;
            stopTimeout();
            server.admit(request, PROTOCOL, open.loop(), new NewSession());
        } else {
            takeOver(open, Json.stringMember(utf8, 1, "sid"));
        }
    }

    private void takeOver(MessageConnection open, @Nullable String sid) {
        EngineSocket session = sid == null ? null : server.client(sid);
        if (sid == null) {
            refuse(HandshakeError.BAD_REQUEST, Map.of("name", "TRANSPORT_HANDSHAKE_ERROR"));
        } else if (session == null) {
            refuse(HandshakeError.UNKNOWN_SID, Map.of("sid", sid));
        } else if (session.protocol() != PROTOCOL) {
            refuse(HandshakeError.BAD_REQUEST, HandshakeAdmission.mismatch(PROTOCOL, session));
        } else {
            MessageTransport candidate = MessageTransport.webTransport((opened, unused) -> session.probe(opened));
            begin(new UpgradeListener(session, candidate), open);
        }
    }

    private void begin(MessageListener listener, MessageConnection open) {
        stopTimeout();
        connection = null;
        next = listener;
        listener.onOpen(open);
    }

    private void refuse(HandshakeError error, Map<String, Object> context) {
        if (connection != null) {
            hooks.refused(request, error, context);
            close(error.code(), Refusals.message(error, context));
        }
    }

    private void close(int code, String reason) {
        MessageConnection open = connection;
        connection = null;
        stopTimeout();
        if (open != null) {
            open.close(code, reason);
        }
    }

    private void stopTimeout() {
        if (timeout != null) {
            timeout.cancel();
            timeout = null;
        }
    }

    @Override
    public void onDrained() {
        if (next != null) {
            next.onDrained();
        }
    }

    @Override
    public void onClose(int code, @Nullable Throwable error) {
        stopTimeout();
        connection = null;
        if (next != null) {
            next.onClose(code, error);
        }
    }

    /** The outcome of the handshake of a new session. */
    private final class NewSession implements HandshakeAdmission.Answer {
        @Override
        public void refused(HandshakeError error, Map<String, Object> context) {
            refuse(error, context);
        }

        @Override
        public void full(int status, String message, int retryAfter) {
            close(HandshakeError.FORBIDDEN.code(), message);
        }

        @Override
        public void admitted(String sid, int protocol, Permit permit) {
            MessageConnection open = connection;
            if (open == null) {
                permit.release();
                return;
            }
            begin(MessageTransport.webTransport(new AdmittedTransport(server, request, sid, protocol, permit)), open);
        }
    }
}
