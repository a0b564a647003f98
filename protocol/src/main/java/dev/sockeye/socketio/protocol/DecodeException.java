package dev.sockeye.socketio.protocol;

/** The peer sent something that is no Socket.IO packet. The message is the official text. */
public final class DecodeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** An error with the official text; without stack trace, as bad input is nothing unusual. */
    public DecodeException(String message) {
        super(message, null, false, false);
    }
}
