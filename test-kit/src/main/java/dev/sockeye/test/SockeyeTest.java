package dev.sockeye.test;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.ClientOptionsBuilder;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.ServerTimer;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A Socket.IO server and its clients in one process without ports, on a clock that stands still until the test moves it. The server,
 * the clients and the protocol between them are the real ones; only the network and the time are simulated.
 *
 * <pre>{@code
 * try (SockeyeTest sockeye = SockeyeTest.create()) {
 *   new Chat().register(sockeye.server());
 *   TestSocket ada = sockeye.connect();
 *   TestSocket bob = sockeye.connect();
 *   ada.emit("message", "hello");
 *   assertThat(bob).received("message", "hello");
 * }
 * }</pre>
 *
 * <p>Threads: handlers and listeners run on the thread of the test, inside the calls of this package, until no work is
 * left. The order is the same in each run. A handler that waits for a client blocks the only thread: see {@link
 * Builder#blockingHandlers()}. Other threads may use the server; assertions wait for them.
 *
 * <p>With JUnit, {@link SockeyeExtension} creates and closes it.
 */
public final class SockeyeTest implements AutoCloseable {
    private static final Duration CLOSE_STEP = Duration.ofMillis(100);
    private static final int CLOSE_STEPS = 300;
    private static final Duration CLOSE_PATIENCE = Duration.ofMillis(20);

    private final TestLoop loop;
    private final TestClock clock;
    private final List<SocketIoClient> clients = new ArrayList<>();
    private final List<Throwable> handlerErrors = new CopyOnWriteArrayList<>();
    private final Duration timeout;
    private final boolean threads;
    private final SocketIoServer server;
    private final HostedEngine engine;
    private volatile boolean errorsSeen;
    private boolean closed;

    private SockeyeTest(Prepared prepared, SocketIoServer server) {
        this.loop = prepared.loop;
        this.clock = prepared.clock;
        this.timeout = prepared.timeout;
        this.threads = prepared.threads;
        this.server = server;
        server.onHandlerError((socket, event, error) -> handlerErrors.add(error));
        this.engine = server.hostedEngine();
    }

    /** Creates a test with the server's default options. */
    public static SockeyeTest create() {
        return builder().build();
    }

    /** Returns a builder with the default options. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link SockeyeTest}. Not thread-safe. */
    public static final class Builder {
        private Consumer<SocketIoServerOptions.Builder> server = options -> {};
        private Duration timeout = Duration.ofSeconds(2);
        private boolean threads;

        private Builder() {}

        /**
         * Changes options of the server; options set before are kept. Do not set {@code timer}: it is the clock of the
         * test.
         */
        @CanIgnoreReturnValue
        public Builder server(Consumer<SocketIoServerOptions.Builder> change) {
            server = server.andThen(change);
            return this;
        }

        /**
         * Runs the handlers of the server on separate threads, as in production, so that they may block: for example {@code
         * socket.emitWithAck("ask").get()}. The test still controls the clock; the order between clients is no longer fixed. By
         * default, handlers run on the thread of the test.
         */
        @CanIgnoreReturnValue
        public Builder blockingHandlers() {
            threads = true;
            return this;
        }

        /**
         * Sets how long, in real time, an assertion or call waits for other threads before it fails. It returns as soon as the
         * expected result is available. Default 2 seconds.
         *
         * @throws IllegalArgumentException if the value is negative
         */
        @CanIgnoreReturnValue
        public Builder timeout(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("timeout must not be negative, was " + value);
            }
            timeout = value;
            return this;
        }

        /** Creates the test and starts the server. */
        public SockeyeTest build() {
            Prepared prepared = prepare();
            SocketIoServerOptions.Builder options = SocketIoServerOptions.builder();
            prepared.configure(options);
            server.accept(options);
            return prepared.start(SocketIoServer.create(options.build()));
        }

        /**
         * Prepares a test of a server that is created elsewhere, for example by a framework: call {@link Prepared#configure} with the
         * options of that server, and {@link Prepared#start} with the server. Options of {@link #server} are ignored.
         */
        public Prepared prepare() {
            return new Prepared(this);
        }
    }

    /** The clock and the threads of a test, for a server that is created elsewhere. Created by {@link Builder#prepare}. */
    public static final class Prepared {
        private final TestLoop loop = new TestLoop();
        private final TestClock clock = new TestClock(loop);
        private final AtomicInteger socketIds = new AtomicInteger();
        private final AtomicInteger sessionIds = new AtomicInteger();
        private final Duration timeout;
        private final boolean threads;

        private Prepared(Builder builder) {
            this.timeout = builder.timeout;
            this.threads = builder.threads;
        }

        /** Sets the clock, the threads and the ids of the test. These options of the server must not be changed afterwards. */
        public void configure(SocketIoServerOptions.Builder options) {
            options.timer(new Timer(loop, clock, socketIds))
                    .execution(threads ? HandlerExecution.automatic() : HandlerExecution.pool(loop::executeOffLoop))
                    .engine(engine -> engine.generateId(request ->
                            CompletableFuture.completedFuture("session" + digits(sessionIds.incrementAndGet(), 13))));
        }

        /** Starts a test of a server whose options were configured here. {@link SockeyeTest#close()} closes the server too. */
        public SockeyeTest start(SocketIoServer server) {
            return new SockeyeTest(this, server);
        }
    }

    /** The server. It is running and has no port: do not call {@code listen}. */
    public SocketIoServer server() {
        return server;
    }

    /** The time of the server and of all clients. */
    public TestClock clock() {
        return clock;
    }

    /** Connects a client to the namespace {@code /}; see {@link #connect(String, Consumer)}. */
    public TestSocket connect() {
        return connect("/");
    }

    /** Connects a client to a namespace; see {@link #connect(String, Consumer)}. */
    public TestSocket connect(String namespace) {
        return connect(namespace, options -> {});
    }

    /**
     * Connects a client on a separate connection, and waits until it is connected.
     *
     * @param namespace for example {@code "/chat"}
     * @param options changes options of the client, for example {@code options -> options.auth(Map.of("token", "t"))}. The
     *     default transport is WebSocket, and reconnection delays are not randomized
     * @throws AssertionError if the client is not connected; {@link #tryConnect} does not throw
     */
    public TestSocket connect(String namespace, Consumer<ClientOptionsBuilder> options) {
        TestSocket socket = tryConnect(namespace, options);
        if (!await(() -> socket.connected() || !socket.connectErrors().isEmpty()) || !socket.connected()) {
            throw new AssertionError(socket + " could not connect" + socket.problems());
        }
        return socket;
    }

    /** The same as {@link #connect(String, Consumer)}, for a client that is expected to be refused. */
    public TestSocket tryConnect(String namespace, Consumer<ClientOptionsBuilder> options) {
        if (closed) {
            throw new IllegalStateException("the test is closed");
        }
        MemoryNetwork network = new MemoryNetwork(loop, engine);
        SocketIoClient client = SocketIoClient.builder()
                .transport(network)
                .executor(loop::executeOffLoop)
                .build();
        clients.add(client);
        ClientOptionsBuilder builder = ClientOptions.builder()
                .randomizationFactor(0)
                .path(server.path())
                .transports(TransportName.WEBSOCKET);
        options.accept(builder);
        String name = namespace.startsWith("/") ? namespace : "/" + namespace;
        TestSocket[] made = new TestSocket[1];
        Consumer<Socket> setup = socket -> made[0] = new TestSocket(this, network, socket, "client " + clients.size());
        client.socket("http://localhost" + name, builder.build(), setup);
        settle();
        return made[0];
    }

    /** Runs all pending handlers and listeners until no work is left. Assertions do this automatically. */
    public void settle() {
        loop.settle();
    }

    /**
     * Waits, in real time, for other threads; runs handlers and listeners in the meantime.
     *
     * @return whether the condition became true within {@link Builder#timeout}
     */
    public boolean await(BooleanSupplier condition) {
        return loop.await(condition, timeout);
    }

    /**
     * The exceptions thrown by handlers of the server and listeners of the clients. Calling this marks them as expected;
     * otherwise {@link #close()} fails.
     */
    public List<Throwable> handlerErrors() {
        settle();
        errorsSeen = true;
        return List.copyOf(handlerErrors);
    }

    List<Throwable> errorsSoFar() {
        return List.copyOf(handlerErrors);
    }

    boolean recovers() {
        return server.options().connectionStateRecovery() != null;
    }

    void failed(Throwable error) {
        handlerErrors.add(error);
    }

    TestLoop loop() {
        return loop;
    }

    /**
     * Closes all clients and clears the errors of handlers, so that another test can use the same server. The clock continues.
     *
     * @throws AssertionError if a handler or a listener has thrown, and {@link #handlerErrors()} was not called
     */
    public void reset() {
        settle();
        clients.forEach(client -> finish(client.closeAsync()));
        clients.clear();
        checkErrors();
    }

    /**
     * Closes the clients and the server. Closing a closed test has no effect.
     *
     * @throws AssertionError if a handler or a listener has thrown, and {@link #handlerErrors()} was not called
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        settle();
        clients.forEach(client -> finish(client.closeAsync()));
        finish(server.closeAsync());
        checkErrors();
    }

    private void checkErrors() {
        List<Throwable> errors = List.copyOf(handlerErrors);
        handlerErrors.clear();
        boolean expected = errorsSeen;
        errorsSeen = false;
        if (!errors.isEmpty() && !expected) {
            AssertionError failure = new AssertionError("a handler or listener failed: " + errors.get(0));
            errors.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private void finish(CompletableFuture<Void> end) {
        Duration wait = threads ? CLOSE_PATIENCE : Duration.ZERO;
        for (int i = 0; i < CLOSE_STEPS && !loop.await(end::isDone, wait); i++) {
            loop.advance(CLOSE_STEP);
        }
    }

    private static String digits(int number, int length) {
        String text = Integer.toString(number);
        return "0".repeat(Math.max(0, length - text.length())) + text;
    }

    private static final class Timer implements ServerTimer {
        private final TestLoop loop;
        private final TestClock clock;
        private final AtomicInteger socketIds;

        Timer(TestLoop loop, TestClock clock, AtomicInteger socketIds) {
            this.loop = loop;
            this.clock = clock;
            this.socketIds = socketIds;
        }

        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }

        @Override
        public Instant now() {
            return clock.instant();
        }

        @Override
        public EngineLoop.Timer schedule(Runnable task, Duration delay) {
            return loop.scheduleOffLoop(task, delay);
        }

        @Override
        public String randomId() {
            return "socket" + digits(socketIds.incrementAndGet(), 14);
        }
    }
}
