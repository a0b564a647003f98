package dev.sockeye.engineio.protocol;

/** The peer sent something that is no Engine.IO packet or payload. */
public final class EngineDecodeException extends Exception {
    private static final long serialVersionUID = 1L;

    public EngineDecodeException(String message) {
        super(message, null, false, false);
    }
}
