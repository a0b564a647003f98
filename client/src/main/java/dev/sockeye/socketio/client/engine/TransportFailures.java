package dev.sockeye.socketio.client.engine;

import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.NetworkException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import org.jspecify.annotations.Nullable;

/** Creates exceptions of transports whose messages explain what happened. */
public final class TransportFailures {
    private static final int SHOWN = 200;
    private static final int MAX_CAUSES = 20;

    private TransportFailures() {}

    /** A failure with a cause; {@code reason} is the official text. */
    public static TransportException of(String reason, Throwable cause) {
        return new TransportException(reason, describe(cause), 0, null, cause);
    }

    /** A failure that {@code detail} explains; {@code reason} is the official text. */
    public static TransportException of(String reason, String detail) {
        return new TransportException(reason, detail, 0, null, null);
    }

    static TransportException http(String reason, int status, String body) {
        String shown = body.length() > SHOWN ? body.substring(0, SHOWN) + "…" : body;
        return new TransportException(
                reason, "HTTP " + status + (shown.isEmpty() ? "" : " " + shown), status, body, null);
    }

    private static String describe(Throwable cause) {
        String detail = cause.getMessage();
        if (cause instanceof NetworkException && detail != null) {
            return detail;
        }
        Throwable inner = cause;
        for (int depth = 0; depth < MAX_CAUSES && inner != null; depth++) {
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
        return describe(cause, detail);
    }

    private static String describe(Throwable cause, @Nullable String detail) {
        return cause.getClass().getSimpleName() + (detail == null ? "" : ": " + detail);
    }
}
