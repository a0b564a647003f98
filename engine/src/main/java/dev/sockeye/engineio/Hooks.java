package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse.Header;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hooks that the application has added to the engine. Exceptions of a hook are logged and have no other effect.
 * Thread-safe.
 */
final class Hooks {
    private static final System.Logger LOG = System.getLogger(EngineServer.class.getName());

    private static final Header NO_STORE = new Header("cache-control", "no-store");

    final List<Consumer<ConnectionError>> errors = new CopyOnWriteArrayList<>();
    final List<BiConsumer<ResponseHeaders, HostRequest>> initialHeaders = new CopyOnWriteArrayList<>();
    final List<BiConsumer<ResponseHeaders, HostRequest>> headers = new CopyOnWriteArrayList<>();
    final DebugLog log = new DebugLog(LOG, System::nanoTime);
    private final UnknownSessions unknown;
    private final @Nullable CookieOptions cookie;
    private final BooleanSupplier draining;

    /**
     * @param draining whether clients whose sessions this server has closed are expected to send their ids
     */
    Hooks(EngineOptions options, BooleanSupplier draining) {
        this.draining = draining;
        cookie = options.cookie();
        unknown = new UnknownSessions(
                LOG, System::nanoTime, options.pingInterval().plus(options.pingTimeout()));
    }

    /** Reports a refused request. */
    void refused(HostRequest request, HandshakeError error, Map<String, Object> context) {
        log.log("refused " + request.method() + " from " + request.remoteAddress() + ", " + error.text(), context);
        if (error == HandshakeError.UNKNOWN_SID && !draining.getAsBoolean()) {
            unknown.count();
        }
        if (!errors.isEmpty()) {
            ConnectionError event = new ConnectionError(request, error, context);
            for (Consumer<ConnectionError> listener : errors) {
                guard("connection_error", () -> listener.accept(event));
            }
        }
    }

    /** Adds the headers of each polling response of a session. */
    void addHeaders(PollingExchange exchange, String sid) {
        HostRequest request = exchange.request();
        String agent = request.header("user-agent");
        if (agent != null && (agent.contains(";MSIE") || agent.contains("Trident/"))) {
            exchange.headers.set("X-XSS-Protection", "0");
        }
        exchange.headers.set(NO_STORE);
        boolean initial = exchange.query.sid() == null;
        if (initial && cookie != null) {
            exchange.headers.add("Set-Cookie", cookie.header(sid));
        }
        addHeaders(exchange.headers, request, initial);
    }

    /** Lets the hooks add headers to a response. */
    void addHeaders(ResponseHeaders answer, HostRequest request, boolean initial) {
        if (initial) {
            for (BiConsumer<ResponseHeaders, HostRequest> hook : initialHeaders) {
                guard("initial_headers", () -> hook.accept(answer, request));
            }
        }
        if (headers.isEmpty()) {
            return;
        }
        for (BiConsumer<ResponseHeaders, HostRequest> hook : headers) {
            guard("headers", () -> hook.accept(answer, request));
        }
    }

    /** Runs application code. Also catches {@code Error}s, because the loop serves other sessions as well. */
    static void guard(String event, Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            failed(event, e);
        }
    }

    /** Logs an exception of a listener. */
    static void failed(String event, Throwable error) {
        LOG.log(Level.WARNING, EngineLog.LISTENER_FAILED.text("a listener of \"" + event + "\" threw"), error);
    }
}
