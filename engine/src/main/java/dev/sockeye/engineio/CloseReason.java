package dev.sockeye.engineio;

/** Why a session ended. The text is the official one. */
public enum CloseReason {
    /** The connection failed, or the peer broke the protocol of a transport. */
    TRANSPORT_ERROR("transport error"),
    /** The peer closed the connection or sent a close packet. */
    TRANSPORT_CLOSE("transport close"),
    /** This side closed the session. */
    FORCED_CLOSE("forced close"),
    /** The peer did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The peer sent bytes that are no packet. */
    PARSE_ERROR("parse error"),
    /** The peer reads too slowly: more bytes were waiting for it than {@code maxOutboundBytes}. Sockeye's own. */
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
