package dev.sockeye.test;

import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.ClientTransport;
import dev.sockeye.socketio.client.transport.HttpConnection;
import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The in-memory network of one client: WebSockets and HTTP requests to the server of the test. */
final class MemoryNetwork implements ClientTransport, ClientNetwork {

    /** One open connection. */
    interface Link {
        /** Loses the connection; both ends detect it. */
        void cut();

        /** Loses the connection; neither end detects it. */
        void silence();
    }

    private final TestLoop loop;
    private final HostedEngine engine;
    private final Set<Link> open = new LinkedHashSet<>();
    private final Set<MemoryHttp> http = new LinkedHashSet<>();
    private volatile int openCount;
    private int maxInboundBytes = Integer.MAX_VALUE;
    private boolean reachable = true;

    MemoryNetwork(TestLoop loop, HostedEngine engine) {
        this.loop = loop;
        this.engine = engine;
    }

    HostedEngine engine() {
        return engine;
    }

    boolean reachable() {
        return reachable;
    }

    /** Sets whether the server is reachable; if not, open connections are cut. Call on the loop. */
    void reachable(boolean on) {
        reachable = on;
        if (!on) {
            cut();
        }
    }

    /** Cuts all connections. Call on the loop. */
    void cut() {
        List.copyOf(open).forEach(Link::cut);
    }

    /** Silences all connections. Call on the loop. */
    void silence() {
        List.copyOf(open).forEach(Link::silence);
        http.forEach(MemoryHttp::silence);
    }

    void closed(MemoryHttp connection) {
        http.remove(connection);
    }

    void opened(Link connection) {
        open.add(connection);
        openCount = open.size();
    }

    void ended(Link connection) {
        open.remove(connection);
        openCount = open.size();
    }

    @Override
    public ClientLoop nextLoop() {
        return loop;
    }

    @Override
    public ClientNetwork network(ClientLoop of, NetworkOptions options, Executor blocking) {
        maxInboundBytes = options.maxInboundBytes();
        return this;
    }

    @Override
    public MessageConnection webSocket(MessageConnection.Listener listener) {
        return new MemoryConnection(loop, this, listener, maxInboundBytes);
    }

    @Override
    public HttpConnection http(int maxBytes, long timeoutMillis) {
        MemoryHttp made = new MemoryHttp(loop, this, maxBytes, timeoutMillis);
        http.add(made);
        return made;
    }

    /** Not supported: the test's thread runs everything and must not block. */
    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public int openConnections() {
        return openCount;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        loop.execute(() -> reachable(false));
        return CompletableFuture.completedFuture(null);
    }
}
