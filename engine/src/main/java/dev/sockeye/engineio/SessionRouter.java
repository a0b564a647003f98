package dev.sockeye.engineio;

import dev.sockeye.engineio.ForwardSignature.Doubt;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds the server of a session and forwards requests to it. Thread-safe. */
final class SessionRouter {
    private static final System.Logger LOG = System.getLogger(EngineServer.class.getName());
    private static final int MOST_SILENT = 1_000;

    private final EngineServer server;
    private final SessionForwarding forwarding;
    private final NodeTokens tokens;
    private final ForwardSignature signatures;
    private final LongSupplier nanoTime;
    private final HttpForwarder http;
    private final LongAdder local = new LongAdder();
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final AtomicInteger active = new AtomicInteger();
    /** Servers that could not be connected to, with the time; they are treated as unavailable for a short time. */
    private final Map<URI, Long> silent = new ConcurrentHashMap<>();

    private final AtomicBoolean saidForged = new AtomicBoolean();
    private final AtomicBoolean saidTime = new AtomicBoolean();
    private final AtomicBoolean saidSecret = new AtomicBoolean();

    SessionRouter(EngineServer server, SessionForwarding forwarding, LongSupplier millis, LongSupplier nanoTime) {
        this.server = server;
        this.http = new HttpForwarder(server.shutdown::active);
        this.forwarding = forwarding;
        this.tokens = new NodeTokens(forwarding.secret());
        this.signatures = new ForwardSignature(forwarding.secret(), millis);
        this.nanoTime = nanoTime;
    }

    /** {@code null} if forwarding is disabled. */
    static @Nullable SessionRouter of(EngineServer server, @Nullable SessionForwarding forwarding) {
        return forwarding == null
                ? null
                : new SessionRouter(server, forwarding, System::currentTimeMillis, System::nanoTime);
    }

    /** The server is closing: requests that are being forwarded get the error of an unknown session. */
    static void abandon(@Nullable SessionRouter router) {
        if (router != null) {
            router.http.abandon();
        }
    }

    SessionForwarding forwarding() {
        return forwarding;
    }

    EngineServer server() {
        return server;
    }

    /** Returns the id of a new session from a generated id. */
    String name(String id) {
        return tokens.append(id, forwarding.address());
    }

    ForwardingCounts counts() {
        return new ForwardingCounts(
                local.sum(), forwarded.sum(), failed.sum(), refused.sum(), received.sum(), active.get());
    }

    /** Returns the request as received by another server; {@code null} if it was not forwarded. */
    @Nullable
    HostRequest see(HostRequest request) {
        if (request.header(ForwardSignature.HEADER) == null) {
            return null;
        }
        Doubt doubt = signatures.doubt(request);
        if (doubt == null) {
            received.increment();
            return new NodeRequest(request, ForwardSignature.origin(request));
        }
        if (doubt == Doubt.TIME && saidTime.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    EngineLog.FORWARD_CLOCK_DIFFERS.text("a request forwarded by " + request.remoteAddress()
                            + " is not accepted: its clock and this server's differ by more than "
                            + ForwardSignature.TOLERANCE.toMinutes() + " minutes. This is logged once."));
        } else if (doubt == Doubt.FORGED && saidForged.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    EngineLog.FORWARD_NOT_SIGNED.text(
                            "a request from " + request.remoteAddress() + " has a header " + ForwardSignature.HEADER
                                    + " that was not signed with sessionForwarding.secret of this server. This is"
                                    + " logged once."));
        }
        return null;
    }

    /** Forwards the request to the server of its session; returns false if it must be handled here. On the loop. */
    boolean forward(HttpExchange exchange) {
        URI node = elsewhere(exchange.request());
        if (node == null) {
            return false;
        }
        if (server.shutdown.active()) {
            // The connection may end at any time. The other server would answer, and the answer be lost; a proxy would
            // repeat the poll and hide that.
            refused.increment();
            exchange.respond(HttpForwarder.refusal(503));
            return true;
        }
        if (!enter()) {
            exchange.respond(full());
            return true;
        }
        Forward forward = new Forward(this, exchange.request(), node, () -> server.handleHere(exchange));
        if (!exchange.forward(forward)) {
            http.forward(exchange, forward);
        }
        return true;
    }

    /** Forwards the request to the server of its session; returns false if it must be handled here. On the loop. */
    boolean forward(WebSocketUpgrade upgrade) {
        URI node = elsewhere(upgrade.request());
        if (node == null) {
            return false;
        }
        String refusal = server.refusal();
        if (refusal != null) {
            // The connection would end with this server. If that happened between the answer to the client's
            // probe and the end of its last poll, official clients would neither poll nor send until the
            // heartbeat is overdue.
            refused.increment();
            Refusals.full(upgrade, 503, refusal, Math.max(1, server.retryAfter()));
            return true;
        }
        if (!enter()) {
            upgrade.reject(full());
            return true;
        }
        Forward forward = new Forward(this, upgrade.request(), node, () -> server.webSockets.handle(upgrade));
        if (!upgrade.forward(forward)) {
            http.forward(upgrade, forward);
        }
        return true;
    }

    /** The address of another server that has the session; {@code null} if the request must be handled here. */
    private @Nullable URI elsewhere(HostRequest request) {
        boolean last = request.header(ForwardSignature.HEADER) != null; // a forwarded request is never forwarded again
        String sid = Query.parse(request.uri()).get("sid");
        if (sid == null || last || !writable(request.uri())) {
            return null;
        }
        if (server.client(sid) != null) {
            local.increment();
            return null;
        }
        URI node = tokens.node(sid);
        if (node == null || node.equals(forwarding.address())) {
            if (node == null && NodeTokens.hasForm(sid) && saidSecret.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        EngineLog.SESSION_ID_OF_OTHER_SECRET.text("a request from " + request.remoteAddress()
                                + " has a session id that was not created with"
                                + " sessionForwarding.secret of this server. If it comes from one of your servers, give"
                                + " all of them the same secret. This is logged once."));
            }
            return null;
        }
        if (isSilent(node)) {
            failed.increment();
            return null;
        }
        return node;
    }

    /** Whether the server of this address could not be connected to a short time ago. */
    boolean isSilent(URI node) {
        Long since = silent.get(node);
        if (since == null) {
            return false;
        }
        if (nanoTime.getAsLong() - since < forwarding.connectTimeout().toNanos()) {
            return true;
        }
        silent.remove(node, since);
        return false;
    }

    /** Whether a request target can be sent again unchanged. */
    private static boolean writable(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }

    private boolean enter() {
        if (active.incrementAndGet() > forwarding.maxConcurrent()) {
            active.decrementAndGet();
            refused.increment();
            return false;
        }
        forwarded.increment();
        return true;
    }

    /** Responds to a request that cannot be forwarded at the moment. */
    private static HostResponse full() {
        return new HostResponse(503, List.of(new HostResponse.Header("Retry-After", "1")), new byte[0]);
    }

    String sign(HostRequest request) {
        return signatures.sign(server.see(request));
    }

    void left() {
        active.decrementAndGet();
    }

    void failed() {
        failed.increment();
    }

    void refused() {
        refused.increment();
    }

    void silent(URI node) {
        long now = nanoTime.getAsLong();
        if (silent.size() >= MOST_SILENT && !silent.containsKey(node)) {
            long limit = forwarding.connectTimeout().toNanos();
            silent.values().removeIf(since -> now - since >= limit);
            if (silent.size() >= MOST_SILENT) {
                silent.entrySet().stream()
                        .max(Comparator.comparingLong(entry -> now - entry.getValue()))
                        .ifPresent(oldest -> silent.remove(oldest.getKey(), oldest.getValue()));
            }
        }
        silent.put(node, now);
    }
}
