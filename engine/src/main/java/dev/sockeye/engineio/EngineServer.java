package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An Engine.IO server. Official counterpart: {@code Server} of {@code engine.io}. Its methods may be called from any thread. */
public final class EngineServer implements HostedEngine {

    /** A server with these options. */
    public EngineServer(EngineOptions options) {
        throw new UnsupportedOperationException();
    }

    /** The options. */
    public EngineOptions options() {
        throw new UnsupportedOperationException();
    }

    /** Called for each new session, on its loop, before anything is read from it; sets its listener. Set once. */
    public void onConnection(Consumer<EngineSocket> handler) {
        throw new UnsupportedOperationException();
    }

    /** Adds a listener of refused requests. Official counterpart: {@code connection_error}. */
    public void onConnectionError(Consumer<ConnectionError> listener) {
        throw new UnsupportedOperationException();
    }

    /** Adds a hook for the headers of the handshake's answer. Official counterpart: {@code initial_headers}. */
    public void onInitialHeaders(BiConsumer<ResponseHeaders, HostRequest> hook) {
        throw new UnsupportedOperationException();
    }

    /** Adds a hook for the headers of each answer. Official counterpart: {@code headers}. */
    public void onHeaders(BiConsumer<ResponseHeaders, HostRequest> hook) {
        throw new UnsupportedOperationException();
    }

    /** Adds a middleware, run in order for each request, upgrades included. Official counterpart: {@code engine.use}. */
    public void use(EngineMiddleware middleware) {
        throw new UnsupportedOperationException();
    }

    /** How many sessions are open. */
    public int clientsCount() {
        throw new UnsupportedOperationException();
    }

    /** The open sessions, a snapshot. */
    public Collection<EngineSocket> clients() {
        throw new UnsupportedOperationException();
    }

    /** The session with this id. */
    public @Nullable EngineSocket client(String sid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean matches(String uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void handle(HttpExchange exchange) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void handleUpgrade(WebSocketUpgrade upgrade) {
        throw new UnsupportedOperationException();
    }

    /**
     * Closes all sessions at once, dropping what is queued ({@code engine.close()}), and refuses new ones until {@link
     * #reopen()}.
     *
     * @return completes when all sessions have ended
     */
    public CompletableFuture<Void> close() {
        throw new UnsupportedOperationException();
    }

    /** Accepts sessions again after {@link #close()}. */
    public void reopen() {
        throw new UnsupportedOperationException();
    }
}
