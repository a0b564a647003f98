package dev.sockeye.engineio;

import dev.sockeye.engineio.EngineMiddleware.Chain;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.util.Map;

/** Handles WebSocket upgrade requests, which result in a new session, an upgrade candidate, or an error response. */
final class WebSocketRequests {
    private static final int CLOSED_ABNORMALLY = 1006;

    private final EngineServer server;
    private final Hooks hooks;
    private final Refusals refusals;

    WebSocketRequests(EngineServer server, Hooks hooks, Refusals refusals) {
        this.server = server;
        this.hooks = hooks;
        this.refusals = refusals;
    }

    void handle(WebSocketUpgrade upgrade) {
        HostRequest request = server.see(upgrade.request());
        ResponseHeaders headers = new ResponseHeaders();
        server.applyCors(request, headers);
        server.applyMiddlewares(request, headers, new Chain() {
            @Override
            public void next() {
                EngineServer.onLoop(upgrade.loop(), () -> verify(upgrade, request, headers));
            }

            @Override
            public void fail(Throwable error) {
                refusals.refuse(
                        upgrade,
                        request,
                        HandshakeError.BAD_REQUEST,
                        Map.of("name", "MIDDLEWARE_FAILURE", "error", error));
            }

            @Override
            public void respond(HostResponse response) {
                upgrade.reject(EngineServer.withHeaders(response, headers));
            }
        });
    }

    private void verify(WebSocketUpgrade upgrade, HostRequest request, ResponseHeaders headers) {
        Map<String, String> query = Query.parse(request.uri());
        String transport = query.get("transport");
        int protocol = HandshakeAdmission.protocol(query);
        if (transport == null || !server.offers(transport)) {
            refusals.refuse(
                    upgrade, request, HandshakeError.UNKNOWN_TRANSPORT, Refusals.context("transport", transport));
            return;
        }
        if (Refusals.invalidOrigin(request)) {
            refusals.refuse(upgrade, request, HandshakeError.BAD_REQUEST, Refusals.originContext(request));
            return;
        }
        boolean base64 = EngineServer.hasValue(query.get("b64"));
        String sid = query.get("sid");
        if (sid != null && !sid.isEmpty()) {
            EngineSocket session = server.client(sid);
            if (session == null) {
                refusals.refuse(upgrade, request, HandshakeError.UNKNOWN_SID, Refusals.context("sid", sid));
            } else if (session.protocol() != protocol) {
                refusals.refuse(
                        upgrade, request, HandshakeError.BAD_REQUEST, HandshakeAdmission.mismatch(protocol, session));
            } else if (!transport.equals("websocket")) {
                refusals.refuse(
                        upgrade, request, HandshakeError.BAD_REQUEST, Map.of("name", "TRANSPORT_HANDSHAKE_ERROR"));
            } else {
                MessageTransport candidate =
                        MessageTransport.webSocket((opened, connection) -> session.probe(opened), base64);
                accept(upgrade, request, headers, false, new UpgradeListener(session, candidate));
            }
        } else if (!request.method().equals("GET")) {
            refusals.refuse(upgrade, request, HandshakeError.BAD_HANDSHAKE_METHOD, Map.of("method", request.method()));
        } else if (!transport.equals("websocket")) {
            refusals.refuse(upgrade, request, HandshakeError.BAD_REQUEST, Map.of("name", "TRANSPORT_HANDSHAKE_ERROR"));
        } else {
            server.admit(request, protocol, upgrade.loop(), new HandshakeAdmission.Answer() {
                @Override
                public void refused(HandshakeError error, Map<String, Object> context) {
                    refusals.refuse(upgrade, request, error, context);
                }

                @Override
                public void full(int status, String message, int retryAfter) {
                    Refusals.full(upgrade, status, message, retryAfter);
                }

                @Override
                public void admitted(String id, int admitted, Permit permit) {
                    MessageTransport first = MessageTransport.webSocket(
                            new AdmittedTransport(server, request, id, admitted, permit), base64);
                    upgrade.onConnectionLost(() -> first.onClose(CLOSED_ABNORMALLY, null));
                    accept(upgrade, request, headers, true, first);
                }
            });
        }
    }

    private void accept(
            WebSocketUpgrade upgrade,
            HostRequest request,
            ResponseHeaders headers,
            boolean initial,
            MessageListener listener) {
        try {
            hooks.addHeaders(headers, request, initial);
            EngineOptions options = server.options();
            upgrade.accept(headers.toList(), options.maxHttpBufferSize(), options.perMessageDeflate(), listener);
        } catch (RuntimeException | Error e) {
            listener.onClose(CLOSED_ABNORMALLY, e);
            upgrade.abort();
            throw e;
        }
    }
}
