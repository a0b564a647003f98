package dev.sockeye.socketio.client;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import org.jspecify.annotations.Nullable;

/**
 * The connection failed below Socket.IO. The message begins with the official text ("xhr poll error", "xhr post error",
 * "websocket error", "timeout") and goes on with what happened.
 */
public final class TransportException extends SocketIoException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 200;
    private static final int MOST_CAUSES = 20;

    private final String reason;
    private final int status;
    private final @Nullable String body;

    TransportException(String reason, @Nullable Throwable cause) {
        this(reason, cause == null ? "" : describe(cause), 0, null, cause);
    }

    TransportException(String reason, String detail, int status, @Nullable String body, @Nullable Throwable cause) {
        super(detail.isEmpty() ? reason : reason + ": " + detail, cause);
        this.reason = reason;
        this.status = status;
        this.body = body;
    }

    static TransportException http(String reason, int status, String body) {
        String shown = body.length() > SHOWN ? body.substring(0, SHOWN) + "…" : body;
        return new TransportException(
                reason, "HTTP " + status + (shown.isEmpty() ? "" : " " + shown), status, body, null);
    }

    private static String describe(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return "the server does not speak TLS at this port";
        }
        if (cause instanceof TooLongFrameException
                || (cause instanceof CorruptedWebSocketFrameException frame
                        && frame.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG))) {
            return "a message is larger than maxInboundBytes";
        }
        Throwable inner = cause;
        for (int depth = 0; depth < MOST_CAUSES && inner != null; depth++) {
            // what the outer exceptions call "validity check failed"
            if (inner instanceof CertificateExpiredException) {
                return "the server's certificate has expired: " + inner.getMessage();
            } else if (inner instanceof CertificateNotYetValidException) {
                return "the server's certificate is not valid yet: " + inner.getMessage();
            }
            inner = inner.getCause();
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    /** The official text. */
    public String reason() {
        return reason;
    }

    /** The HTTP status that the server answered; 0 when none. */
    public int status() {
        return status;
    }

    /** The body of the HTTP answer; {@code null} when none. */
    public @Nullable String body() {
        return body;
    }
}
