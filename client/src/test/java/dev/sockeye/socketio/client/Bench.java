package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.HttpConnection;
import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.TransportName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A client on a fake loop, clock and network, all in the thread of the test, which is the server too. */
final class Bench implements ClientEnvironment, ClientNetwork {
    /** Tasks of listeners; they wait while {@link #busy}, as after a handler that blocks. */
    static final class Listeners implements Executor {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private boolean running;
        boolean busy;
        boolean ended;

        @Override
        public void execute(Runnable task) {
            if (ended) {
                throw new RejectedExecutionException("ended");
            }
            tasks.add(task);
            if (!busy && !running) {
                run(Integer.MAX_VALUE);
            }
        }

        /** Runs up to that many tasks. */
        void run(int most) {
            running = true;
            try {
                for (int i = 0; i < most && !tasks.isEmpty(); i++) {
                    tasks.remove().run();
                }
            } finally {
                running = false;
            }
        }

        void release() {
            busy = false;
            run(Integer.MAX_VALUE);
        }
    }

    final FakeLoop loop = new FakeLoop();
    final Listeners listeners = new Listeners();
    final List<FakeWebSocket> webSockets = new ArrayList<>();
    final List<FakeWebSocket> webTransports = new ArrayList<>();
    /** Whether the network has WebTransport. */
    boolean hasWebTransport = true;
    /** The requests that wait for an answer. */
    final List<FakeHttp.Pending> requests = new ArrayList<>();

    /** Whether a POST fails during the call. */
    boolean refusesPosts;

    Executor completions = Runnable::run;

    final SocketIoClient io = new SocketIoClient(this);

    static ClientOptionsBuilder webSocket() {
        return ClientOptions.builder().transports(TransportName.WEBSOCKET).randomizationFactor(0);
    }

    /** The newest WebSocket. */
    FakeWebSocket server() {
        return webSockets.get(webSockets.size() - 1);
    }

    Socket socket(ClientOptions options) {
        return io.socket("http://localhost", options);
    }

    /** A socket that is connected over WebSocket. */
    Socket connected(ClientOptions options) {
        Socket socket = socket(options);
        server().accept().text("40{\"sid\":\"id-1\",\"pid\":\"p\"}");
        return socket;
    }

    /** Cuts the connection and lets the client open the next, up to the engine's handshake. */
    FakeWebSocket reconnect() {
        server().end();
        loop.advance(5000);
        return server().accept();
    }

    /** The request of that method that waits; none or two are an error. */
    FakeHttp.Pending request(String method) {
        List<FakeHttp.Pending> found = requests.stream()
                .filter(pending -> pending.request().method().equals(method))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(method + " waits " + found.size() + " times");
        }
        requests.remove(found.get(0));
        return found.get(0);
    }

    @Override
    public ClientLoop nextLoop() {
        return loop;
    }

    @Override
    public ClientNetwork network(ClientLoop of, NetworkOptions options) {
        return this;
    }

    @Override
    public HttpConnection http(int maxBytes, long timeoutMillis) {
        return new FakeHttp(this);
    }

    @Override
    public MessageConnection webSocket(MessageConnection.Listener listener) {
        FakeWebSocket made = new FakeWebSocket(this, listener);
        webSockets.add(made);
        return made;
    }

    @Override
    public MessageConnection webTransport(MessageConnection.Listener listener) {
        FakeWebSocket made = new FakeWebSocket(this, listener);
        webTransports.add(made);
        return made;
    }

    @Override
    public boolean supportsWebTransport() {
        return hasWebTransport;
    }

    @Override
    public Executor listeners() {
        return listeners;
    }

    @Override
    public Executor completions() {
        return completions;
    }

    @Override
    public double random() {
        return 0;
    }

    @Override
    public long currentTimeMillis() {
        return loop.nanoTime() / 1_000_000;
    }

    @Override
    public void checkMayBlock() {
        throw new IllegalStateException("the test has one thread");
    }

    @Override
    public int openChannels() {
        return 0;
    }

    @Override
    public CompletableFuture<Void> end() {
        listeners.ended = true;
        return CompletableFuture.completedFuture(null);
    }
}
