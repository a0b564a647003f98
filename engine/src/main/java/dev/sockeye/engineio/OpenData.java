package dev.sockeye.engineio;

/** The data of the handshake. */
final class OpenData {
    private OpenData() {}

    /** Creates the JSON for a new session. */
    static String of(EngineSocket session) {
        EngineOptions options = session.options();
        return "{\"sid\":" + Json.quote(session.id()) + ",\"upgrades\":" + upgrades(session)
                + ",\"pingInterval\":" + options.pingInterval().toMillis()
                + ",\"pingTimeout\":" + options.pingTimeout().toMillis()
                + ",\"maxPayload\":" + options.maxHttpBufferSize() + "}";
    }

    private static String upgrades(EngineSocket session) {
        if (!session.options().allowUpgrades() || !session.transport().equals("polling")) {
            return "[]";
        }
        boolean webSocket = session.server().offers("websocket");
        boolean webTransport = session.protocol() == 4 && session.server().offers("webtransport");
        return webSocket && webTransport
                ? "[\"websocket\",\"webtransport\"]"
                : webSocket ? "[\"websocket\"]" : webTransport ? "[\"webtransport\"]" : "[]";
    }
}
