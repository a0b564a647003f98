package dev.sockeye.engineio.protocol;

/** Thrown when the peer has sent a malformed Engine.IO packet or payload. */
public final class EngineDecodeException extends Exception {
    private static final long serialVersionUID = 1L;

    public EngineDecodeException(String message) {
        super(message, null, false, false);
    }
}
