package dev.sockeye.socketio.client;

import dev.sockeye.runtime.Mailbox;
import dev.sockeye.runtime.MailboxLimits;
import dev.sockeye.socketio.client.engine.ClientLoop;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server, opened again when it is lost, and the sockets that share it. Any thread; methods do not wait,
 * what they ask for happens soon and in the order of the calls. Listeners run off the I/O threads, one at a time and in order,
 * and may block. Official counterpart: {@code Manager}.
 */
public final class Manager {
    private final SocketIoClient client;
    private final ClientEnvironment environment;
    private final ClientOptions options;
    private final ClientLoop loop;
    private final LoopInbox inbox;
    private final Mailbox mailbox;
    private final Connection connection;
    /** In the order of their making. */
    private final Map<String, Socket> sockets = Collections.synchronizedMap(new LinkedHashMap<>());

    private final Endpoint endpoint;

    final ManagerEvents<Boolean> opened;
    final ManagerEvents<TransportException> errors;
    final ManagerEvents<Boolean> pings;
    final ManagerEvents<SocketPacket> packets;
    final ManagerEvents<Closed> closes;
    final ManagerEvents<Integer> reconnects;
    final ManagerEvents<Integer> attempts;
    final ManagerEvents<TransportException> reconnectErrors;
    final ManagerEvents<Boolean> reconnectFailures;
    final ManagerEvents<TransportName> upgrades;

    /** The end of a connection. */
    record Closed(DisconnectReason reason, CloseDetails details) {}

    Manager(SocketIoClient client, ClientEnvironment environment, Endpoint endpoint, ClientOptions options) {
        this.client = client;
        this.environment = environment;
        this.options = options;
        this.endpoint = endpoint;
        this.loop = environment.nextLoop();
        this.connection = new Connection(this, loop, environment, endpoint, options);
        this.inbox = new LoopInbox(loop, connection::cork, connection::uncork);
        this.mailbox = newMailbox(options);
        this.opened = new ManagerEvents<>(mailbox);
        this.errors = new ManagerEvents<>(mailbox);
        this.pings = new ManagerEvents<>(mailbox);
        this.packets = new ManagerEvents<>(mailbox);
        this.closes = new ManagerEvents<>(mailbox);
        this.reconnects = new ManagerEvents<>(mailbox);
        this.attempts = new ManagerEvents<>(mailbox);
        this.reconnectErrors = new ManagerEvents<>(mailbox);
        this.reconnectFailures = new ManagerEvents<>(mailbox);
        this.upgrades = new ManagerEvents<>(mailbox);
    }

    /** A mailbox for listeners, which stops the reading from the connection when it is full. */
    Mailbox newMailbox(ClientOptions bounds) {
        MailboxLimits limits = new MailboxLimits(bounds.mailboxCapacity(), bounds.mailboxBytes(), null);
        return new Mailbox(client.executor(loop, limits), new Mailbox.Owner() {
            @Override
            public void relieved() {
                connection.relieved();
            }
        });
    }

    /** Whether the listeners of the manager have as much to do as may wait. Any thread. */
    boolean congested() {
        return mailbox.full();
    }

    /** Whether the mailboxes of all have room again. Any thread. */
    boolean relieved() {
        if (!mailbox.relieved()) {
            return false;
        }
        for (Socket socket : sockets()) {
            if (!socket.core().relieved()) {
                return false;
            }
        }
        return true;
    }

    /** The socket of a namespace, made when there is none; connects at once unless {@code autoConnect} is off. */
    public Socket socket(String namespace) {
        return socket(namespace, options);
    }

    /**
     * As {@link #socket(String)}.
     *
     * @param socketOptions for what belongs to a socket: {@code auth}, {@code retries}, {@code ackTimeout}, the send buffer and
     *     the mailbox; used when the socket is made
     */
    public Socket socket(String namespace, ClientOptions socketOptions) {
        return socket(namespace, socketOptions, socket -> {});
    }

    Socket socket(String namespace, ClientOptions socketOptions, Consumer<Socket> setup) {
        String name = namespace.startsWith("/") ? namespace : "/" + namespace;
        Socket socket;
        boolean made = false;
        synchronized (sockets) {
            Socket known = sockets.get(name);
            if (known == null) {
                known = new Socket(this, environment, name, socketOptions);
                sockets.put(name, known);
                made = true;
            }
            socket = known;
        }
        if (made) {
            setup.accept(socket);
        }
        if (options.autoConnect()) {
            socket.connect();
        }
        return socket;
    }

    boolean hasSocket(String namespace) {
        return sockets.containsKey(namespace);
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

    /** Opens the connection if it is closed. Sockets do that by themselves. */
    public Manager connect() {
        run(connection::open);
        return this;
    }

    /** Closes the connection and does not open it again, until a socket or {@link #connect()} asks. */
    public void close() {
        run(connection::forceClose);
    }

    /**
     * Closes the engine connection as if it were lost: it is opened again, when {@code reconnection} is on. For tests and for a
     * network that changed. Official counterpart: {@code manager.engine.close()}.
     */
    public void closeEngine() {
        run(connection::closeEngine);
    }

    /** Whether a lost connection is opened again. */
    public boolean reconnection() {
        return connection.reconnection;
    }

    /** Switches reconnection; off also ends attempts under way. */
    public Manager reconnection(boolean on) {
        connection.reconnection = on;
        if (!on) {
            run(connection::stopReconnecting);
        }
        return this;
    }

    /** The options it was made with. */
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

    /** Adds a listener: the connection is open. Official counterpart: {@code open}. */
    public Registration onOpen(Runnable listener) {
        return opened.add(event -> listener.run());
    }

    /** Adds a listener: the connection cannot be opened, or failed. Official counterpart: {@code error}. */
    public Registration onError(Consumer<TransportException> listener) {
        return errors.add(listener);
    }

    /** Adds a listener: the server's heartbeat came. Official counterpart: {@code ping}. */
    public Registration onPing(Runnable listener) {
        return pings.add(event -> listener.run());
    }

    /** Adds a listener: a packet came. Official counterpart: {@code packet}. */
    public Registration onPacket(Consumer<SocketPacket> listener) {
        return packets.add(listener);
    }

    /** Adds a listener: the open connection ended. Official counterpart: {@code close}. */
    public Registration onClose(DisconnectHandler listener) {
        return closes.add(event -> {
            try {
                listener.handle(event.reason(), event.details());
            } catch (Exception e) {
                throw new IllegalStateException("a listener failed", e);
            }
        });
    }

    /** Adds a listener: opened again; with the number of attempts. Official counterpart: {@code reconnect}. */
    public Registration onReconnect(IntConsumer listener) {
        return reconnects.add(listener::accept);
    }

    /** Adds a listener: it is tried again; with the number. Official counterpart: {@code reconnect_attempt}. */
    public Registration onReconnectAttempt(IntConsumer listener) {
        return attempts.add(listener::accept);
    }

    /** Adds a listener: an attempt failed. Official counterpart: {@code reconnect_error}. */
    public Registration onReconnectError(Consumer<TransportException> listener) {
        return reconnectErrors.add(listener);
    }

    /** Adds a listener: the attempts are used up. Official counterpart: {@code reconnect_failed}. */
    public Registration onReconnectFailed(Runnable listener) {
        return reconnectFailures.add(event -> listener.run());
    }

    /** Adds a listener: the connection moved to another transport. Official counterpart: {@code engine.on("upgrade")}. */
    public Registration onUpgrade(Consumer<TransportName> listener) {
        return upgrades.add(listener);
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

    /** The last command: everything ends. */
    CompletableFuture<Void> shutdown() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        inbox.add(new LoopInbox.Command() {
            @Override
            public void run() {
                endAll();
                done.complete(null);
            }

            @Override
            public void refused() {
                // the loop has ended, and with it all that used the state
                endAll();
                done.complete(null);
            }
        });
        return done;
    }

    /** As {@link #shutdown}, on the loop. Again does nothing. */
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
