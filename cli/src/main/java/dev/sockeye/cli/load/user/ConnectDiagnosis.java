package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.Limits;
import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Target;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.TransportException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Explains why a connection could not be opened: in a few words, and in a sentence that suggests a fix. */
public final class ConnectDiagnosis {
    private ConnectDiagnosis() {}

    /** A few words that are always the same for the same kind of problem. */
    static String kind(ConnectErrorException error) {
        if (error.refused()) {
            return "refused by the server: " + error.getMessage();
        }
        TransportException transport = find(error, TransportException.class);
        int status = transport == null ? 0 : transport.status();
        if (status > 0) {
            return "HTTP " + status;
        }
        if (find(error, UnknownHostException.class) != null) {
            return "host not found";
        }
        String detail = detail(error).toLowerCase(Locale.ROOT);
        if (detail.contains("connection refused")) {
            return "connection refused";
        }
        if (find(error, SSLException.class) != null) {
            return "TLS";
        }
        if (detail.contains("too many open files")) {
            return "too many open files";
        }
        if (detail.contains("cannot assign requested address")) {
            return "no free port";
        }
        if (detail.contains("timed out") || detail.contains("timeout") || detail.contains("not open within")) {
            return "timeout";
        }
        if (detail.contains("reset")) {
            return "connection reset";
        }
        if (detail.contains("closed before")) {
            return "closed before the handshake";
        }
        return transport == null ? String.valueOf(error.getMessage()) : transport.reason();
    }

    /** The message of the failure itself. */
    static String detail(Throwable error) {
        Throwable at = error;
        while (at.getCause() != null && at.getCause() != at) {
            at = at.getCause();
        }
        String deepest = String.valueOf(at.getMessage());
        String first = String.valueOf(error.getMessage());
        return first.contains(deepest) ? first : first + " (" + deepest + ")";
    }

    /** One or two sentences that explain what happened and how to fix it. */
    public static String sentence(ConnectErrorException error, LoadPlan plan, String namespace) {
        Target target = plan.target();
        String where = target.host() + ":" + target.port();
        if (error.refused()) {
            return "the server refused the namespace " + namespace + ": " + error.getMessage()
                    + ". Is the namespace correct? Does the server require credentials (--auth, --header)?";
        }
        TransportException transport = find(error, TransportException.class);
        if (transport != null && transport.status() > 0) {
            return status(transport, plan, where);
        }
        String path = plan.options().path();
        return switch (kind(error)) {
            case "host not found" -> "the host " + target.host() + " is unknown. Is it spelled correctly?";
            case "connection refused" ->
                "nothing listens at " + where
                        + " (connection refused). Is the server running, and is the port correct?";
            case "TLS" -> tls(error, where);
            case "timeout" ->
                find(error, ConnectException.class) != null || detail(error).contains("connection timed out")
                        ? "no answer from " + where + ": the connection timed out. Is a firewall in the way?"
                        : where + " accepts connections but does not answer as a Socket.IO server at " + path
                                + " in time. Is it a Socket.IO server, and is the path correct (--path)? A server with"
                                + " TLS needs https://";
            case "too many open files" -> Limits.descriptorAdvice(plan);
            case "connection reset", "closed before the handshake" ->
                where + " closes the connection without an answer. Is it an HTTP server? A server with TLS needs"
                        + " https://";
            default -> unknown(error, where);
        };
    }

    private static String unknown(ConnectErrorException error, String where) {
        String text = String.valueOf(error.getMessage());
        if (text.contains("v2.x")) {
            return where
                    + " is a Socket.IO server of version 2, which uses an older protocol; this tool needs version 3"
                    + " or newer";
        }
        return "cannot connect to " + where + ": " + detail(error);
    }

    private static String status(TransportException error, LoadPlan plan, String where) {
        String path = plan.options().path();
        String body = error.body() == null ? "" : error.body();
        if (body.contains("\"code\":5")) {
            return where
                    + " uses another version of the protocol (Engine.IO 3, Socket.IO 2); this tool needs version 3"
                    + " or newer of Socket.IO";
        }
        if (body.contains("\"code\":0")) {
            return where
                    + " does not allow this transport; try another --transport (websocket, polling, webtransport,"
                    + " upgrade)";
        }
        if (body.contains("\"code\":4") || error.status() == 401 || error.status() == 403) {
            return where + " forbids the connection (HTTP " + error.status()
                    + "). Does it require credentials (--header, --query)?";
        }
        if (error.status() >= 500) {
            return where + " answers HTTP " + error.status() + ": the server, or a proxy in front of it, failed";
        }
        return where + " answers, but not as a Socket.IO server at " + path + " (HTTP " + error.status()
                + "). Is the path correct? Set it with --path";
    }

    private static String tls(ConnectErrorException error, String where) {
        String detail = detail(error);
        if (detail.contains("not an SSL/TLS record")) {
            return where + " does not use TLS on this port; use http:// instead of https://";
        }
        if (detail.contains("certif") || detail.contains("PKIX") || detail.contains("subject alternative")) {
            return "the certificate of " + where + " is not trusted (" + detail
                    + "). Trust its authority with --cacert FILE, or use --insecure for a test";
        }
        return "TLS with " + where + " failed: " + detail;
    }

    static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
        Throwable at = error;
        for (int i = 0; at != null && i < 20; i++) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
