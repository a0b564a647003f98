package dev.sockeye.engineio;

/** The data of the handshake. */
final class OpenData {
    private OpenData() {}

    /** The JSON for a new session. */
    static String of(EngineSocket session) {
        EngineOptions options = session.options();
        boolean offered = options.allowUpgrades()
                && session.transport().equals("polling")
                && options.transports().contains("websocket");
        return "{\"sid\":" + Json.quote(session.id()) + ",\"upgrades\":" + (offered ? "[\"websocket\"]" : "[]")
                + ",\"pingInterval\":" + options.pingInterval().toMillis()
                + ",\"pingTimeout\":" + options.pingTimeout().toMillis()
                + ",\"maxPayload\":" + options.maxHttpBufferSize() + "}";
    }
}
