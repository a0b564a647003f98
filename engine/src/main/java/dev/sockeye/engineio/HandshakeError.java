package dev.sockeye.engineio;

/** The reason why the engine refused a request. Each constant has the official code and text. */
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
