package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.MiddlewareException;
import dev.sockeye.socketio.server.NamespaceMiddleware;
import dev.sockeye.socketio.server.Next;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A CONNECT request in progress: finds the namespace, restores the session, runs the middlewares, joins. In the client's mailbox.
 *
 * <p>States: in progress, over (joined, refused or cancelled).
 */
final class ConnectRequest {
    private static final QuietLog LOG = new QuietLog(ConnectRequest.class);

    /** How long to wait for the end of the client's old connection. */
    private static final Duration BUSY = Duration.ofSeconds(2);

    private static final DisconnectDetails BACK =
            DisconnectDetails.of("the client has come back on another connection");

    private final ClientCore client;
    private final String name;
    private final @Nullable Payload auth;
    private final boolean recovers;
    private boolean over;
    private boolean searching; // for the session, which is released when it is found after the end of this request
    private @Nullable SocketCore socket;
    private @Nullable RestoredSession session; // not resumed yet
    private @Nullable Runnable claim; // releases the claim on the session to be recovered

    /**
     * @param recovers whether to search for the session that the client names
     */
    ConnectRequest(ClientCore client, String name, @Nullable Payload auth, boolean recovers) {
        this.client = client;
        this.name = name;
        this.auth = auth;
        this.recovers = recovers;
    }

    String name() {
        return name;
    }

    ClientCore client() {
        return client;
    }

    void start() {
        if (over) {
            return;
        }
        Namespaces registry = client.namespaces();
        NamespaceCore existing = registry.get(name);
        if (existing != null) {
            try {
                registry.start(existing);
            } catch (RuntimeException | Error e) {
                refuse(e);
                return;
            }
            enter(existing);
            return;
        }
        if (!registry.hasParents()) {
            refuseUnknown();
            return;
        }
        var unused = registry.find(name, authMap())
                .whenComplete((found, error) -> client.mailbox().runOrPost(() -> {
                    if (over) {
                        if (found != null && found.acquire()) {
                            found.release(); // it may have been created only for this client
                        }
                        return;
                    }
                    if (error != null) {
                        refuse(error);
                    } else if (found == null) {
                        refuseUnknown();
                    } else {
                        enter(found);
                    }
                }));
    }

    private void refuse(Throwable error) {
        LOG.warning(() -> ServerLog.ADAPTER_FAILED.text(
                "the namespace " + QuietLog.quoted(name) + " could not be created: " + error));
        refuseUnknown();
    }

    /** Cancels the request: the connection or the server is closed, or the client has sent another one. */
    void cancel() {
        if (!over) {
            over = true;
            if (socket != null) {
                abandon(socket);
            }
            if (!searching) {
                giveBackClaim();
            }
        }
    }

    /** Removes the socket. The claim ends with it, so the session is released before. */
    private void abandon(SocketCore created) {
        release();
        created.cleanup();
    }

    private void enter(NamespaceCore namespace) {
        if (!namespace.acquire()) {
            // a dynamic namespace that is being removed now: search again
            client.mailbox().post(this::start);
            return;
        }
        if (recovers && client.context().options().connectionStateRecovery() != null) {
            Map<String, @Nullable Object> map = authMap();
            if (map.get("pid") instanceof String pid) {
                if (namespace.claim(pid, this)) {
                    claim = () -> namespace.giveBackClaim(pid, this);
                    if (!client.context().joins().accepting()) { // the close waits only for claims from before
                        create(namespace, null);
                        return;
                    }
                    restore(namespace, pid, map.get("offset") instanceof String offset ? offset : null);
                    return;
                }
                // another connection is recovering this session: only one may
            }
        }
        create(namespace, null);
    }

    /** Whether this request has created the socket. */
    boolean makes(SocketCore other) {
        return socket == other;
    }

    private void giveBackClaim() {
        Runnable held = claim;
        if (held != null) {
            claim = null;
            held.run();
        }
    }

    /** The restored session was not resumed. */
    private void release() {
        RestoredSession unused = session;
        if (unused != null && socket != null) {
            session = null;
            release(socket.namespace(), unused);
        }
    }

    private static void release(NamespaceCore namespace, RestoredSession unused) {
        try {
            unused.release();
        } catch (RuntimeException | Error e) {
            namespace.adapterFailed("release", e);
        }
    }

    /** Restores a session. The caller has claimed it. */
    private void restore(NamespaceCore namespace, String pid, @Nullable String offset) {
        SocketCore live = namespace.byPid(pid);
        if (live != null && live.client() != client) {
            Waiting waiting = new Waiting(namespace);
            boolean here = !live.hasMoved();
            live.client()
                    .takenOver(
                            BACK,
                            () -> waiting.end(() -> afterWaiting(namespace, pid, offset, here && live.hasMoved())));
            waiting.limit = client.conn().loop().schedule(() -> waiting.end(() -> create(namespace, null)), BUSY);
            return;
        }
        if (!client.open()) { // the client may have recovered the session on a later connection
            create(namespace, null);
            return;
        }
        searching = true;
        var unused = search(namespace, pid, offset)
                .whenComplete((session, error) -> client.mailbox().runOrPost(() -> {
                    searching = false;
                    if (over) {
                        if (session != null) {
                            release(namespace, session);
                        }
                        namespace.release();
                        giveBackClaim();
                    } else {
                        create(namespace, error == null ? session : null);
                    }
                }));
    }

    /** @param moved whether another server has recovered the session meanwhile, for a connection that is probably newer than this one */
    private void afterWaiting(NamespaceCore namespace, String pid, @Nullable String offset, boolean moved) {
        if (moved) {
            create(namespace, null);
        } else {
            restore(namespace, pid, offset);
        }
    }

    /** Waits for the end of the client's old connection, whose handlers may be busy for any time. In the mailbox. */
    private final class Waiting {
        private final NamespaceCore namespace;
        private boolean ended;
        private EngineLoop.@Nullable Timer limit;

        Waiting(NamespaceCore namespace) {
            this.namespace = namespace;
        }

        /** Continues, once. Any thread. */
        void end(Runnable next) {
            client.mailbox().post(() -> {
                if (ended) {
                    return;
                }
                ended = true;
                if (limit != null) {
                    limit.cancel();
                }
                if (over) {
                    namespace.release();
                } else {
                    next.run();
                }
            });
        }
    }

    private static CompletableFuture<@Nullable RestoredSession> search(
            NamespaceCore namespace, String pid, @Nullable String offset) {
        try {
            return namespace.adapter().restoreSession(pid, offset);
        } catch (RuntimeException | Error e) {
            namespace.adapterFailed("restoreSession", e);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void create(NamespaceCore namespace, @Nullable RestoredSession restored) {
        if (restored == null) {
            giveBackClaim();
        }
        SocketCore created;
        try {
            created = new SocketCore(client, namespace, auth, restored);
        } catch (RuntimeException | Error e) { // the timer of the application creates no id, for example
            if (restored != null) {
                release(namespace, restored);
            }
            namespace.release();
            refuse("internal server error", null);
            throw e;
        }
        session = restored;
        socket = created; // from now on the claim ends when the socket is connected or has left
        namespace.addPending(created);
        if (restored != null) {
            try {
                created.join(restored.session().rooms());
            } catch (RuntimeException | Error e) { // more rooms than this server allows, for example
                namespace.adapterFailed("joining the rooms of a recovered session", e);
                abandon(created);
                giveBackClaim();
                socket = null;
                client.forget(this);
                over = true;
                client.connect(name, auth, false);
                return;
            }
            ConnectionStateRecovery recovery = client.context().options().connectionStateRecovery();
            if (recovery != null && recovery.skipMiddlewares()) {
                join(created, restored);
                return;
            }
        }
        MiddlewareChain.run(
                client.mailbox(),
                namespace.middlewares(),
                (middleware, next) -> call(middleware, created, next),
                error -> {
                    if (over) {
                        return;
                    }
                    if (client.open() && error != null) {
                        abandon(created);
                        String message = error.getMessage();
                        refuse(
                                message == null ? error.getClass().getSimpleName() : message,
                                error instanceof MiddlewareException given ? given.data() : null);
                    } else {
                        join(created, restored);
                    }
                },
                error -> created.listeners().failed("middleware", error));
    }

    /** Exceptions that are not meant for the client are logged and reported to the error listeners; the client gets a fixed text. */
    private static void call(NamespaceMiddleware middleware, SocketCore created, Next next) {
        try {
            middleware.handle(created.facade(), next);
        } catch (MiddlewareException | BindingException e) {
            next.fail(e);
        } catch (Throwable e) {
            next.fail("internal server error");
            created.listeners().failed("middleware", e);
        }
    }

    /** The socket joins, unless its connection or the server is closed. */
    private void join(SocketCore created, @Nullable RestoredSession restored) {
        over = true;
        client.forget(this);
        if (!client.open()) {
            abandon(created);
            return;
        }
        JoinGate joins = client.context().joins();
        if (!joins.enter()) {
            abandon(created);
            client.closeNow();
            return;
        }
        client.add(created);
        session = null;
        try {
            created.connect(restored);
        } catch (RuntimeException | Error e) {
            client.remove(created, DisconnectReason.FORCED_CLOSE);
            created.cleanup();
            if (restored != null) {
                // the session ended between the search and now: official clients do not try again after CONNECT_ERROR
                client.connect(name, auth, false);
                return;
            }
            created.namespace().adapterFailed("joining", e);
            refuse("the server failed to join the namespace", null);
            return;
        } finally {
            joins.entered();
        }
        created.namespace().onConnected(created);
    }

    /** Both protocols use this format. */
    private void refuseUnknown() {
        over = true;
        client.forget(this);
        client.send(new SocketPacket.ConnectError(name, Payload.of(Map.of("message", "Invalid namespace"))));
    }

    private void refuse(String message, @Nullable Object data) {
        over = true;
        giveBackClaim();
        client.forget(this);
        refuse(client, name, message, data);
    }

    static void refuse(ClientCore client, String name, String message, @Nullable Object data) {
        Object content;
        if (client.conn().protocol() == 3) {
            content = data == null ? message : data;
        } else {
            Map<String, Object> map = new LinkedHashMap<>(4);
            map.put("message", message);
            if (data != null) {
                map.put("data", data);
            }
            content = map;
        }
        client.send(new SocketPacket.ConnectError(name, Payload.of(content)));
    }

    @SuppressWarnings("unchecked")
    private Map<String, @Nullable Object> authMap() {
        try {
            return auth != null && auth.get() instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
        } catch (BindingException e) {
            return Map.of();
        }
    }
}
