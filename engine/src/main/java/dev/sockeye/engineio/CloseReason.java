package dev.sockeye.engineio;

/** The reason why a session ended. Each constant has the official text. */
public enum CloseReason {
    /** The connection failed, or the peer broke the protocol of a transport. */
    TRANSPORT_ERROR("transport error"),
    /** The peer closed the connection or sent a close packet. */
    TRANSPORT_CLOSE("transport close"),
    /** This side closed the session. */
    FORCED_CLOSE("forced close"),
    /** The peer did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The peer sent a malformed packet. */
    PARSE_ERROR("parse error"),
    /** The peer reads too slowly: more than {@code maxOutboundBytes} were queued for it. Sockeye's own. */
    OUTBOUND_OVERFLOW("outbound buffer overflow");

    private final String text;

    CloseReason(String text) {
        this.text = text;
    }

    /** The official text. */
    public String text() {
        return text;
    }
}
