package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.runtime.MailboxLimits;
import dev.sockeye.socketio.NoArgumentHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.engine.Endpoint;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server, which is reopened when it is lost, and the sockets that share it. Any thread. Methods other than
 * {@link #close()} do not block; they take effect in the order of the calls. Listeners run off the I/O threads, one at a time and
 * in order, and may block. Official counterpart: {@code Manager}.
 */
public final class Manager implements AutoCloseable {
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

    private final SocketIoClient client;
    private final ClientEnvironment environment;
    private final ClientOptions options;
    private final ClientLoop loop;
    private final LoopInbox inbox;
    private final Mailbox mailbox;
    private final Connection connection;
    /** In the order of creation. */
    private final Map<String, Socket> sockets = Collections.synchronizedMap(new LinkedHashMap<>());

    private final Endpoint endpoint;

    final ManagerListeners listeners;

    Manager(SocketIoClient client, ClientEnvironment environment, Endpoint endpoint, ClientOptions options) {
        this.client = client;
        this.environment = environment;
        this.options = options;
        this.endpoint = endpoint;
        this.loop = environment.nextLoop();
        this.connection = new Connection(this, loop, environment, endpoint, options);
        this.inbox = new LoopInbox(loop, connection::cork, connection::uncork);
        this.mailbox = newMailbox(options);
        this.listeners = new ManagerListeners(mailbox);
    }

    /** A mailbox for listeners; when it is full, reading from the connection stops. */
    Mailbox newMailbox(ClientOptions bounds) {
        MailboxLimits limits = new MailboxLimits(bounds.mailboxCapacity(), bounds.mailboxBytes(), null);
        return new Mailbox(client.executor(loop, limits), new Mailbox.Owner() {
            @Override
            public void relieved() {
                connection.relieved();
            }
        });
    }

    /** Whether the mailbox of the manager's listeners is full. Any thread. */
    boolean congested() {
        return mailbox.full();
    }

    /** Whether all mailboxes have room again. Any thread. */
    boolean relieved() {
        if (!mailbox.relieved()) {
            return false;
        }
        return !anySocket(core -> !core.relieved());
    }

    /** Returns the socket of a namespace, created on first use. It connects immediately unless {@code autoConnect} is off. */
    public Socket socket(String namespace) {
        return socket(namespace, options);
    }

    /**
     * As {@link #socket(String)}.
     *
     * @param socketOptions the options of the socket: {@code auth}, {@code retries}, {@code ackTimeout}, the send buffer and the
     *     mailbox; used when the socket is created
     */
    public Socket socket(String namespace, ClientOptions socketOptions) {
        Socket made = newSocket(namespace, socketOptions);
        Socket socket = made != null ? made : Objects.requireNonNull(sockets.get(name(namespace)));
        begin(socket);
        return socket;
    }

    private static String name(String namespace) {
        return namespace.startsWith("/") ? namespace : "/" + namespace;
    }

    /** Creates the socket of a namespace; {@code null} if there is one. */
    @Nullable
    Socket newSocket(String namespace, ClientOptions socketOptions) {
        String name = name(namespace);
        synchronized (sockets) {
            if (sockets.containsKey(name)) {
                return null;
            }
            Socket socket = new Socket(this, environment, name, socketOptions);
            sockets.put(name, socket);
            return socket;
        }
    }

    /** Connects a socket that may connect automatically. */
    void begin(Socket socket) {
        if (options.autoConnect()) {
            socket.connect();
        }
    }

    /** Whether any socket meets a condition. */
    boolean anySocket(Predicate<SocketCore> condition) {
        for (Socket socket : sockets()) {
            if (condition.test(socket.core())) {
                return true;
            }
        }
        return false;
    }

    List<Socket> sockets() {
        synchronized (sockets) {
            return List.copyOf(sockets.values());
        }
    }

    @Nullable
    Socket find(String namespace) {
        return sockets.get(namespace);
    }

    /** Opens the connection if it is closed. Sockets do that automatically. */
    public Manager connect() {
        run(connection::open);
        return this;
    }

    /**
     * Closes the connection and does not open it again, until a socket or {@link #connect()} requests it. Waits up to 3 s for
     * events emitted before to be sent; on an I/O thread, it returns immediately. Closing a closed manager has no effect.
     */
    @Override
    public void close() {
        environment.await(closeAsync(), CLOSE_WAIT);
    }

    /** As {@link #close()}, without waiting. The future completes when the connection has been closed; it never fails. */
    public CompletableFuture<Void> closeAsync() {
        return command(connection::forceClose);
    }

    /**
     * Closes the engine connection as if it were lost: it is opened again when {@code reconnection} is on. For tests. Official
     * counterpart: {@code manager.engine.close()}.
     */
    public void closeEngine() {
        run(connection::closeEngine);
    }

    /**
     * Reports that the network is gone, as detected by the operating system: the connection ends immediately with {@code transport
     * close}, instead of after the server's ping timeout. Attempts to reconnect follow as usual. Official counterpart: the
     * browser's {@code offline} event.
     */
    public void networkLost() {
        run(connection::networkLost);
    }

    /**
     * Reports that the network is available or has changed: while not connected, the next attempt is made immediately, as the first of
     * a new series, and an attempt in progress is started again, unless it would not be repeated after a failure. It also ends the wait of a manager that had used up its
     * attempts. Has no effect on an open connection.
     */
    public void networkAvailable() {
        run(connection::networkAvailable);
    }

    /** Whether a lost connection is opened again. */
    public boolean reconnection() {
        return connection.reconnection().enabled;
    }

    /** Switches reconnection on or off; off also stops attempts in progress. */
    public Manager reconnection(boolean on) {
        connection.reconnection().enabled = on;
        run(() -> connection.reconnects(on));
        return this;
    }

    /** The maximum number of reconnection attempts. */
    public int reconnectionAttempts() {
        return connection.reconnection().maxAttempts;
    }

    /** Changes {@link ClientOptions#reconnectionAttempts()} from the next attempt on. */
    public Manager reconnectionAttempts(int value) {
        ClientOptionsBuilder.notNegative(value, "reconnectionAttempts");
        connection.reconnection().maxAttempts = value;
        return this;
    }

    /** The delay before the first attempt. */
    public Duration reconnectionDelay() {
        return Duration.ofMillis(connection.reconnection().backoff().minMillis);
    }

    /** Changes {@link ClientOptions#reconnectionDelay()} from the next attempt on. */
    public Manager reconnectionDelay(Duration value) {
        ClientOptionsBuilder.notNegative(value, "reconnectionDelay");
        connection.reconnection().backoff().minMillis = Millis.of(value);
        return this;
    }

    /** The longest delay before an attempt. */
    public Duration reconnectionDelayMax() {
        return Duration.ofMillis(connection.reconnection().backoff().maxMillis);
    }

    /** Changes {@link ClientOptions#reconnectionDelayMax()} from the next attempt on. */
    public Manager reconnectionDelayMax(Duration value) {
        ClientOptionsBuilder.notNegative(value, "reconnectionDelayMax");
        connection.reconnection().backoff().maxMillis = Millis.of(value);
        return this;
    }

    /** The random part of a delay, from 0 to 1. */
    public double randomizationFactor() {
        return connection.reconnection().backoff().jitter;
    }

    /** Changes {@link ClientOptions#randomizationFactor()} from the next attempt on. */
    public Manager randomizationFactor(double value) {
        connection.reconnection().backoff().jitter = ClientOptionsBuilder.factor(value);
        return this;
    }

    /** How long opening the connection may take; {@code null} for no limit. */
    public @Nullable Duration timeout() {
        return connection.reconnection().timeout;
    }

    /** Changes {@link ClientOptions#timeout()} from the next attempt on. */
    public Manager timeout(@Nullable Duration value) {
        if (value != null) {
            ClientOptionsBuilder.notNegative(value, "timeout");
        }
        connection.reconnection().timeout = value;
        return this;
    }

    /** The options that the manager was created with. */
    public ClientOptions options() {
        return options;
    }

    /** Scheme, host and port of the server. */
    public String uri() {
        return endpoint.origin();
    }

    /** Whether the connection is open now. */
    public boolean connected() {
        return connection.isOpen();
    }

    /** The transport in use; {@code null} when not connected. */
    public @Nullable TransportName transport() {
        return connection.transport();
    }

    /** The session id of the engine connection, a secret; {@code null} when not connected. */
    public @Nullable String engineId() {
        return connection.engineId;
    }

    /** Adds a listener that is called when the connection opens. Official counterpart: {@code open}. */
    public Registration onOpen(NoArgumentHandler listener) {
        return listeners.opened.add(event -> listener.handle());
    }

    /** Adds a listener that is called when the connection cannot be opened, or failed. Official counterpart: {@code error}. */
    public Registration onError(ManagerListener<TransportException> listener) {
        return listeners.errors.add(listener);
    }

    /** Adds a listener that is called for each heartbeat of the server. Official counterpart: {@code ping}. */
    public Registration onPing(NoArgumentHandler listener) {
        return listeners.pings.add(event -> listener.handle());
    }

    /** Adds a listener that is called for each Socket.IO packet received. Official counterpart: {@code packet}. */
    public Registration onPacket(ManagerListener<SocketPacket> listener) {
        return listeners.packets.add(listener);
    }

    /** Adds a listener that is called when the open connection ends. Official counterpart: {@code close}. */
    public Registration onClose(DisconnectHandler listener) {
        return listeners.closes.add(event -> listener.handle(event.reason(), event.details()));
    }

    /** Adds a listener that is called after a reconnection, with the number of attempts. Official counterpart: {@code reconnect}. */
    public Registration onReconnect(ManagerListener<Integer> listener) {
        return listeners.reconnects.add(listener);
    }

    /** Adds a listener that is called when a reconnection attempt starts, with its number. Official counterpart: {@code reconnect_attempt}. */
    public Registration onReconnectAttempt(ManagerListener<Integer> listener) {
        return listeners.attempts.add(listener);
    }

    /** Adds a listener that is called when a reconnection attempt failed. Official counterpart: {@code reconnect_error}. */
    public Registration onReconnectError(ManagerListener<TransportException> listener) {
        return listeners.reconnectErrors.add(listener);
    }

    /** Adds a listener that is called when all attempts are used up. Official counterpart: {@code reconnect_failed}. */
    public Registration onReconnectFailed(NoArgumentHandler listener) {
        return listeners.reconnectFailures.add(event -> listener.handle());
    }

    /** Adds a listener that is called when the connection was upgraded to another transport. Official counterpart: {@code engine.on("upgrade")}. */
    public Registration onUpgrade(ManagerListener<TransportName> listener) {
        return listeners.upgrades.add(listener);
    }

    /** Adds a listener that is called when an upgrade failed and the transport is kept. Official counterpart: {@code engine.on("upgradeError")}. */
    public Registration onUpgradeError(ManagerListener<TransportException> listener) {
        return listeners.upgradeErrors.add(listener);
    }

    /** Adds a listener that is called for each Engine.IO packet received. Official counterpart: {@code engine.on("packet")}. */
    public Registration onEnginePacket(ManagerListener<EnginePacket> listener) {
        return listeners.enginePackets.add(listener);
    }

    /** Adds a listener that is called before an Engine.IO packet is sent. Official counterpart: {@code engine.on("packetCreate")}. */
    public Registration onEnginePacketCreate(ManagerListener<EnginePacket> listener) {
        return listeners.enginePacketsCreated.add(listener);
    }

    /**
     * Adds a listener that is called when an Engine.IO connection ends, even if it was never fully opened. Official counterpart: {@code
     * engine.on("close")}.
     */
    public Registration onEngineClose(DisconnectHandler listener) {
        return listeners.engineCloses.add(event -> listener.handle(event.reason(), event.details()));
    }

    SocketIoClient client() {
        return client;
    }

    ClientLoop loop() {
        return loop;
    }

    Connection connection() {
        return connection;
    }

    /** Runs a command on the loop, in the order of the calls. */
    void run(LoopInbox.Command command) {
        inbox.add(command);
    }

    /** The last command: ends everything. */
    CompletableFuture<Void> shutdown() {
        return command(this::endAll);
    }

    /** Runs a task on the loop; if the loop has ended, and with it everything that used the state, in this thread. */
    private CompletableFuture<Void> command(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        inbox.add(new LoopInbox.Command() {
            @Override
            public void run() {
                task.run();
                done.complete(null);
            }

            @Override
            public void refused() {
                run();
            }
        });
        return done;
    }

    /** As {@link #shutdown}, on the loop. Calling it again has no effect. */
    void endAll() {
        for (Socket socket : sockets()) {
            socket.core().shutdown();
        }
        connection.forceClose();
    }

    @Override
    public String toString() {
        return "Manager[" + endpoint.origin() + "]";
    }
}
