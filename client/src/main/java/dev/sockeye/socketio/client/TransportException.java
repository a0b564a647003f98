package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.transport.NetworkException;
import java.security.cert.CertificateException;
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

    public TransportException(String reason, @Nullable Throwable cause) {
        this(reason, cause == null ? "" : describe(cause), 0, null, cause);
    }

    public TransportException(
            String reason, String detail, int status, @Nullable String body, @Nullable Throwable cause) {
        super(detail.isEmpty() ? reason : reason + ": " + detail, cause);
        this.reason = reason;
        this.status = status;
        this.body = body;
    }

    public static TransportException http(String reason, int status, String body) {
        String shown = body.length() > SHOWN ? body.substring(0, SHOWN) + "…" : body;
        return new TransportException(
                reason, "HTTP " + status + (shown.isEmpty() ? "" : " " + shown), status, body, null);
    }

    private static String describe(Throwable cause) {
        if (cause instanceof NetworkException && cause.getMessage() != null) {
            return cause.getMessage();
        }
        String detail = cause.getMessage();
        Throwable inner = cause;
        for (int depth = 0; depth < MOST_CAUSES && inner != null; depth++) {
            // what the outer exceptions call "validity check failed"
            if (inner instanceof CertificateExpiredException) {
                return "the server's certificate has expired: " + inner.getMessage();
            } else if (inner instanceof CertificateNotYetValidException) {
                return "the server's certificate is not valid yet: " + inner.getMessage();
            } else if (inner instanceof CertificateException && inner.getMessage() != null) {
                detail = inner.getMessage(); // engines other than the JDK's keep it in the cause only
            }
            inner = inner.getCause();
        }
        return cause.getClass().getSimpleName() + (detail == null ? "" : ": " + detail);
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
