package dev.sockeye.engineio;

/** Why the engine refused a request. Code and text are the official ones. */
public enum HandshakeError {
    UNKNOWN_TRANSPORT("Transport unknown"),
    UNKNOWN_SID("Session ID unknown"),
    BAD_HANDSHAKE_METHOD("Bad handshake method"),
    BAD_REQUEST("Bad request"),
    FORBIDDEN("Forbidden"),
    UNSUPPORTED_PROTOCOL_VERSION("Unsupported protocol version");

    private final String text;

    HandshakeError(String text) {
        this.text = text;
    }

    /** The official code, 0 to 5. */
    @SuppressWarnings("EnumOrdinal")
    public int code() {
        return ordinal();
    }

    /** The official message. */
    public String text() {
        return text;
    }
}
