package dev.sockeye.engineio;

import dev.sockeye.engineio.EngineMiddleware.Chain;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import dev.sockeye.engineio.host.WebTransportRequest;
import dev.sockeye.runtime.Closing;
import dev.sockeye.socketio.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An Engine.IO server. Official counterpart: {@code Server} of {@code engine.io}. Its methods may be called from any thread. */
public final class EngineServer implements HostedEngine, AutoCloseable {
    private static final EngineMiddleware[] NO_MIDDLEWARES = {};

    private final EngineOptions options;
    private final Executor helpers;
    private final String path;
    private final Map<String, EngineSocket> clients = new ConcurrentHashMap<>();
    private final ActiveLoops loops = new ActiveLoops(this);
    private final HandshakeAdmission admissions;
    private final TrustedProxies proxies;
    private final @Nullable SessionRouter router;
    private final OutboundTotal outbound;
    private final AtomicLong receiving = new AtomicLong();
    private final Hooks hooks;
    private final Refusals refusals;
    private final LatePolls latePolls;
    final EngineListeners listeners = new EngineListeners();
    private final List<EngineMiddleware> middlewares = new CopyOnWriteArrayList<>();
    private final List<Consumer<EngineSocket>> sessionListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<EngineSocket>> connectionHandlers = new CopyOnWriteArrayList<>();
    final WebSocketRequests webSockets;
    private final WebTransportRequests webTransports;

    private volatile int retryAfter; // in seconds; 0 while sessions are accepted

    final EngineShutdown shutdown = new EngineShutdown();

    /** Creates a server that does all work on the hosts' loops. */
    public EngineServer(EngineOptions options) {
        this(options, Runnable::run);
    }

    /**
     * Creates a server.
     *
     * @param helpers compresses large polling responses, which would block a loop. Never rejects a task
     */
    public EngineServer(EngineOptions options, Executor helpers) {
        this.options = options;
        this.helpers = helpers;
        this.path = options.requestPath();
        this.hooks = new Hooks(options, () -> retryAfter > 0);
        this.refusals = new Refusals(hooks);
        this.latePolls = new LatePolls(refusals);
        this.outbound = new OutboundTotal(options.maxTotalOutboundBytes());
        this.proxies = options.proxies();
        this.router = SessionRouter.of(this, options.sessionForwarding());
        this.admissions = new HandshakeAdmission(options, hooks, router);
        this.webSockets = new WebSocketRequests(this, hooks, refusals);
        this.webTransports = new WebTransportRequests(this, hooks, refusals);
    }

    /** The options. */
    public EngineOptions options() {
        return options;
    }

    /** Adds a handler for new sessions, called on their loops before reading starts. Only their owner sets a listener. */
    public Registration onConnection(Consumer<EngineSocket> handler) {
        return Registrations.add(connectionHandlers, handler);
    }

    /** Adds a listener for new sessions, called on their loops before the handlers of {@link #onConnection}; it may add observers. */
    public Registration onSession(Consumer<EngineSocket> listener) {
        return Registrations.add(sessionListeners, listener);
    }

    /** Adds a listener for all sessions: for new sessions and for the events of open ones. */
    public Registration addListener(EngineListener listener) {
        listeners.add(listener);
        return Registrations.of(() -> listeners.remove(listener));
    }

    /** Removes a listener for all sessions; has no effect if it was not added. */
    public void removeListener(EngineListener listener) {
        listeners.remove(listener);
    }

    /** Adds a listener for refused requests. Official counterpart: {@code connection_error}. */
    public Registration onConnectionError(Consumer<ConnectionError> listener) {
        return Registrations.add(hooks.errors, listener);
    }

    /** Adds a handler that may add headers to the response of the handshake. Official counterpart: {@code initial_headers}. */
    public Registration onInitialHeaders(BiConsumer<ResponseHeaders, HostRequest> handler) {
        return Registrations.add(hooks.initialHeaders, handler);
    }

    /** Adds a handler that may add headers to each response. Official counterpart: {@code headers}. */
    public Registration onHeaders(BiConsumer<ResponseHeaders, HostRequest> handler) {
        return Registrations.add(hooks.headers, handler);
    }

    /** Adds a middleware. Middlewares run in order for each request, including upgrades. Official counterpart: {@code engine.use}. */
    public Registration use(EngineMiddleware middleware) {
        return Registrations.add(middlewares, middleware);
    }

    /** Adds a limit for the rate of new sessions; the longest delay counts. No official counterpart. */
    public Registration throttleHandshakes(HandshakeThrottle limit) {
        return Registrations.add(admissions.throttles, limit);
    }

    /** The number of open sessions. */
    public int clientsCount() {
        return clients.size();
    }

    /** A snapshot of the open sessions. */
    public Collection<EngineSocket> clients() {
        return List.copyOf(clients.values());
    }

    /** The session with this id. */
    public @Nullable EngineSocket client(String sid) {
        return clients.get(sid);
    }

    @Override
    public boolean matches(String uri) {
        return uri.startsWith(path);
    }

    /** The counters of {@link SessionForwarding}; {@code null} if it is disabled. */
    public @Nullable ForwardingCounts forwardingCounts() {
        return router == null ? null : router.counts();
    }

    /** The request as the application sees it: its remote address is the client's. */
    HostRequest see(HostRequest request) {
        HostRequest forwarded = router == null ? null : router.see(request);
        return forwarded == null ? proxies.see(request) : forwarded;
    }

    @Override
    public void handle(HttpExchange exchange) {
        if (router == null || !router.forward(exchange)) {
            handleHere(exchange);
        }
    }

    void handleHere(HttpExchange exchange) {
        PollingExchange request = new PollingExchange(exchange, see(exchange.request()));
        if (applyCors(request.request(), request.headers)) {
            CorsOptions cors = options.cors();
            request.headers.set("Content-Length", "0");
            request.respond(cors == null ? 204 : cors.optionsSuccessStatus());
            return;
        }
        applyMiddlewares(request.request(), request.headers, new Chain() {
            @Override
            public void next() {
                onLoop(exchange.loop(), () -> handlePolling(request));
            }

            @Override
            public void fail(Throwable error) {
                refusals.refuse(
                        request, HandshakeError.BAD_REQUEST, Map.of("name", "MIDDLEWARE_FAILURE", "error", error));
            }

            @Override
            public void respond(HostResponse response) {
                exchange.respond(withHeaders(response, request.headers));
            }
        });
    }

    static HostResponse withHeaders(HostResponse response, ResponseHeaders more) {
        List<Header> headers = new ArrayList<>(more.toList());
        headers.addAll(response.headers());
        return new HostResponse(response.status(), headers, response.body());
    }

    /**
     * Adds the headers of cross-origin access.
     *
     * @return whether the request was a preflight request that the engine answers
     */
    boolean applyCors(HostRequest request, ResponseHeaders headers) {
        CorsOptions cors = options.cors();
        if (cors == null) {
            return false;
        }
        boolean preflight = request.method().equals("OPTIONS");
        Hooks.guard("cors", () -> cors.apply(request, headers, preflight));
        return preflight && !cors.preflightContinue();
    }

    void applyMiddlewares(HostRequest request, ResponseHeaders headers, Chain end) {
        if (middlewares.isEmpty()) {
            end.next();
        } else {
            new MiddlewareRun(middlewares.toArray(NO_MIDDLEWARES), request, headers, end).next();
        }
    }

    private void handlePolling(PollingExchange exchange) {
        String transport = exchange.query.transport();
        if (transport == null || !offers(transport)) {
            refusals.refuse(exchange, HandshakeError.UNKNOWN_TRANSPORT, Refusals.context("transport", transport));
            return;
        }
        if (Refusals.invalidOrigin(exchange.request())) {
            refusals.refuse(exchange, HandshakeError.BAD_REQUEST, Refusals.originContext(exchange.request()));
            return;
        }
        String sid = exchange.query.sid();
        if (sid == null) {
            handshakePolling(exchange, transport);
            return;
        }
        EngineSocket session = clients.get(sid);
        if (session == null) {
            latePolls.refuse(exchange, sid);
            return;
        }
        boolean alive = session.tryRun(() -> {
            session.catchUp();
            String current = session.transport();
            if (session.readyState() == EngineSocket.ReadyState.CLOSED) {
                latePolls.refuse(exchange, sid);
            } else if (!current.equals(transport)) {
                refusals.refuse(
                        exchange,
                        HandshakeError.BAD_REQUEST,
                        Map.of("name", "TRANSPORT_MISMATCH", "transport", transport, "previousTransport", current));
            } else if (session.protocol() != exchange.query.protocol()) {
                refusals.refuse(exchange, HandshakeError.BAD_REQUEST, exchange.query.mismatch(session));
            } else if (session.currentTransport() instanceof PollingTransport polling) {
                polling.onRequest(exchange);
            } else {
                refusals.refuse(exchange, HandshakeError.BAD_REQUEST, Map.of("name", "TRANSPORT_HANDSHAKE_ERROR"));
            }
        });
        if (!alive) {
            latePolls.refuse(exchange, sid);
        }
    }

    /** A client closed its session by a POST while no poll was waiting. */
    void closedWithoutPoll(EngineSocket session) {
        latePolls.expectPoll(session.id(), session.loop());
    }

    static void onLoop(EngineLoop loop, Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    private void handshakePolling(PollingExchange exchange, String transport) {
        String method = exchange.request().method();
        if (!method.equals("GET")) {
            refusals.refuse(exchange, HandshakeError.BAD_HANDSHAKE_METHOD, Map.of("method", method));
        } else if (!transport.equals("polling")) {
            refusals.refuse(exchange, HandshakeError.BAD_REQUEST, Map.of("name", "TRANSPORT_HANDSHAKE_ERROR"));
        } else {
            admit(exchange.request(), exchange.query.protocol(), exchange.http.loop(), new HandshakeAdmission.Answer() {
                @Override
                public void refused(HandshakeError error, Map<String, Object> context) {
                    refusals.refuse(exchange, error, context);
                }

                @Override
                public void full(int status, String message, int retryAfter) {
                    Refusals.full(exchange, status, message, retryAfter);
                }

                @Override
                public void admitted(String sid, int protocol, Permit permit) {
                    EngineLoop loop = exchange.http.loop();
                    try {
                        startSession(sid, protocol, exchange.request(), loop, permit, session -> {
                            PollingTransport polling = PollingTransport.of(session, exchange.query);
                            return new First(polling, () -> polling.onRequest(exchange));
                        });
                    } catch (RuntimeException | Error e) {
                        exchange.http.abort(); // unless it was answered
                        throw e;
                    }
                }
            });
        }
    }

    static boolean hasValue(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    @Override
    public void handleUpgrade(WebSocketUpgrade upgrade) {
        if (router == null || !router.forward(upgrade)) {
            webSockets.handle(upgrade);
        }
    }

    @Override
    public void handleWebTransport(WebTransportRequest request) {
        webTransports.handle(request);
    }

    @Override
    public void offerWebTransport() {
        webTransports.offers.incrementAndGet();
    }

    @Override
    public void withdrawWebTransport() {
        webTransports.offers.decrementAndGet();
    }

    /** Whether clients may use a transport. */
    boolean offers(String transport) {
        return options.transports().contains(transport)
                || (transport.equals("webtransport") && webTransports.offers.get() > 0);
    }

    void admit(HostRequest request, int protocol, EngineLoop loop, HandshakeAdmission.Answer answer) {
        String refusal = refusal();
        if (refusal == null) {
            admissions.admit(request, protocol, loop, answer);
        } else {
            answer.full(503, refusal, retryAfter);
        }
    }

    /**
     * Creates the first transport of a session.
     *
     * @param opened lets the transport answer, so that the handshake is sent alone, as in the official implementation
     */
    record First(Transport transport, Runnable opened) {}

    /** Starts a session, which takes over the permit. On the loop. */
    void startSession(
            String id,
            int protocol,
            HostRequest request,
            EngineLoop loop,
            Permit permit,
            Function<EngineSocket, First> first) {
        EngineSocket session;
        try {
            session = new EngineSocket(loops.enter(loop), id, request, protocol, permit);
        } catch (RuntimeException | Error e) {
            permit.release();
            throw e;
        }
        clients.put(id, session);
        try {
            First begun = first.apply(session);
            session.open(begun.transport);
            begun.opened.run();
        } catch (RuntimeException | Error e) {
            session.end(CloseReason.TRANSPORT_ERROR, e);
            throw e;
        }
        if (shutdown.active()) {
            session.close(true);
        } else if (session.readyState() == EngineSocket.ReadyState.OPEN) {
            for (Consumer<EngineSocket> listener : sessionListeners) {
                Hooks.guard("session", () -> listener.accept(session));
            }
            for (Consumer<EngineSocket> handler : connectionHandlers) {
                Hooks.guard("connection", () -> handler.accept(session));
            }
        }
    }

    /** A session has ended. */
    void remove(EngineSocket session, LoopHeartbeats state) {
        clients.remove(session.id(), session);
        loops.leave(state);
        if (shutdown.active() && clients.isEmpty()) {
            shutdown.complete();
        }
    }

    /** Why sessions are refused; {@code null} if they are accepted. */
    @Nullable
    String refusal() {
        if (shutdown.active()) {
            return "the server is closing";
        }
        return retryAfter > 0 ? "the server is draining" : null;
    }

    /** The value of {@code Retry-After} for refused clients in seconds; 0 unless the server drains. */
    int retryAfter() {
        return retryAfter;
    }

    OutboundTotal outbound() {
        return outbound;
    }

    /** Whether the limit of queued bytes of all clients is exceeded. */
    boolean sendsTooMuch() {
        return outbound.exceeded();
    }

    Collection<EngineSocket> sessions() {
        return clients.values();
    }

    @Override
    public boolean receiving(long change) {
        return receiving.addAndGet(change) <= options.maxTotalReceivingBytes();
    }

    /** Whether the limit of incompletely received or held bytes is exceeded. */
    boolean receivesTooMuch() {
        return receiving.get() > options.maxTotalReceivingBytes();
    }

    DebugLog log() {
        return hooks.log;
    }

    Executor helpers() {
        return helpers;
    }

    /** Adds the headers of each polling response of a session. */
    void addHeaders(PollingExchange exchange, String sid) {
        hooks.addHeaders(exchange, sid);
    }

    /**
     * Closes all sessions immediately, dropping queued packets, and refuses new ones until {@link #reopen()}. Waits until
     * they have ended, at most 10 s; must not be called on an I/O thread. {@code engine.close()}.
     */
    @Override
    public void close() {
        Closing.await(closeAsync(), EngineShutdown.LIMIT, "the engine");
    }

    /** As {@link #close()}, without waiting. The future completes when all sessions have ended, or at {@link #reopen()}; it never fails. */
    public CompletableFuture<Void> closeAsync() {
        if (shutdown.begin()) {
            SessionRouter.abandon(router);
            clients.values().forEach(session -> session.run(() -> session.close(true)));
            if (clients.isEmpty()) {
                shutdown.complete();
            }
        }
        return shutdown.future();
    }

    /**
     * Refuses new sessions from now on, with status 503 and {@code Retry-After}, until {@link #reopen()}. Open sessions
     * continue. If such a session is closed by the server, its waiting poll gets the status 400 (session ID unknown)
     * instead of a close packet, so that every client connects again. WebSockets for sessions of other servers are refused, too. No
     * official counterpart.
     *
     * @param retryAfter the value of {@code Retry-After}, rounded up to seconds; at least 1 s
     */
    public void refuseSessions(Duration retryAfter) {
        this.retryAfter = Math.max(1, HandshakeAdmission.wholeSeconds(retryAfter));
    }

    /** Accepts sessions again after {@link #close()} or {@link #refuseSessions}. */
    public void reopen() {
        retryAfter = 0;
        shutdown.reset();
    }
}
