package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.engine.CloseReason;
import dev.sockeye.socketio.client.engine.CookieJar;
import dev.sockeye.socketio.client.engine.Endpoint;
import dev.sockeye.socketio.client.engine.Engine;
import dev.sockeye.socketio.client.engine.EngineListener;
import dev.sockeye.socketio.client.engine.EngineOptions;
import dev.sockeye.socketio.client.engine.RequestTemplate;
import dev.sockeye.socketio.client.engine.TransportFailures;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a manager. States: closed, opening, open; between them the attempts to reconnect. Used on the loop only,
 * except for the volatile fields.
 */
final class Connection {
    private enum State {
        CLOSED,
        OPENING,
        OPEN
    }

    private static final int MOST_COUNTED = 1 << 30;

    private final Manager manager;
    private final ClientLoop loop;
    private final ClientEnvironment environment;
    private final Endpoint endpoint;
    private final ClientOptions options;
    private final EngineOptions engineOptions;
    private final NetworkOptions networkOptions;
    private final RequestSuppliers suppliers;
    private final Reconnection reconnection;
    private final Parser.Decoder decoder;
    private final @Nullable CookieJar cookies;

    volatile @Nullable String engineId;
    private volatile State state = State.CLOSED;
    private volatile @Nullable Engine engine;

    final ConnectionProbe probe = new ConnectionProbe();
    private boolean websocketWorked;
    private boolean listed;
    private int corks;
    private @Nullable Engine corked;
    /** Whether reading is stopped because listeners are overloaded. Written on the loop. */
    private volatile boolean congested;
    /** The bytes of the messages of an incomplete packet. */
    private long partial;

    private ClientLoop.@Nullable Timer openTimer;

    Connection(
            Manager manager, ClientLoop loop, ClientEnvironment environment, Endpoint endpoint, ClientOptions options) {
        this.manager = manager;
        this.loop = loop;
        this.environment = environment;
        this.endpoint = endpoint;
        this.options = options;
        this.engineOptions = options.engineOptions();
        this.networkOptions = options.networkOptions(endpoint.server());
        this.suppliers = new RequestSuppliers(options, environment.completions(), manager::run);
        this.reconnection = new Reconnection(loop, options, environment::random, this::attempt);
        this.decoder = options.parser().newDecoder();
        this.cookies = options.withCredentials() ? new CookieJar(environment::currentTimeMillis) : null;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isReconnecting() {
        return reconnection.inProgress();
    }

    Reconnection reconnection() {
        return reconnection;
    }

    @Nullable
    TransportName transport() {
        Engine now = engine;
        return now != null && state == State.OPEN ? now.transportName() : null;
    }

    @Nullable
    Engine engine() {
        return engine;
    }

    void cork() {
        if (corks++ == 0) {
            corked = engine;
            if (corked != null) {
                corked.cork();
            }
        }
    }

    void uncork() {
        if (--corks == 0 && corked != null) {
            Engine was = corked;
            corked = null;
            was.uncork();
        }
        relist();
    }

    void open() {
        if (state == State.CLOSED) {
            reconnection.overtaken();
        }
        open(false);
    }

    private void attempt() {
        manager.listeners.attempts.fire(reconnection.backoff().attempts());
        open(true);
    }

    private void open(boolean again) {
        if (state != State.CLOSED || manager.client().isClosed()) {
            return;
        }
        Link link = new Link(again);
        boolean websocketFirst = options.rememberUpgrade() && websocketWorked;
        RequestTemplate template = new RequestTemplate(endpoint, engineOptions, cookies, environment::random);
        ClientNetwork network = environment.network(loop, networkOptions);
        Engine opening = new Engine(loop, network, engineOptions, template, websocketFirst, link);
        link.engine = opening;
        engine = opening;
        state = State.OPENING;
        reconnection.allow();
        relist();
        if (state != State.OPENING) {
            return; // the client was closed in the meantime
        }
        Duration timeout = reconnection.timeout;
        if (timeout != null) {
            openTimer = loop.schedule(
                    () -> link.openFailed(
                            TransportFailures.of("timeout", "not open within " + timeout.toMillis() + " ms")),
                    Millis.of(timeout),
                    TimeUnit.MILLISECONDS);
        }
        suppliers.ask(
                (query, headers) -> {
                    if (link.current() && state == State.OPENING) {
                        template.extra(query, headers);
                        opening.open();
                    }
                },
                link::openFailed);
    }

    /** Receives the events of one engine; those of an engine that was replaced are ignored. */
    private final class Link implements EngineListener {
        private final boolean again;
        private @Nullable Engine engine;

        Link(boolean again) {
            this.again = again;
        }

        private boolean current() {
            return engine != null && engine == Connection.this.engine;
        }

        @Override
        public void onOpen() {
            if (!current() || engine == null) {
                return;
            }
            cleanup();
            state = State.OPEN;
            engineId = engine.id();
            websocketWorked = engine.transportName() == TransportName.WEBSOCKET;
            congested = false;
            int attempt =
                    reconnection.opened(); // before anything is sent: if that fails, a new series of attempts begins
            probe.opened.accept(engine.transportName());
            manager.listeners.opened.fire(true);
            engine.cork();
            for (Socket socket : manager.sockets()) {
                socket.core().onOpen();
            }
            engine.uncork();
            if (again) {
                manager.listeners.reconnects.fire(attempt);
            }
        }

        void openFailed(TransportException error) {
            Engine failed = engine;
            if (!current() || state != State.OPENING || failed == null) {
                return;
            }
            cleanup();
            Connection.this.engine = null;
            state = State.CLOSED;
            websocketWorked = false;
            failed.end(CloseReason.FORCED_CLOSE, DisconnectDetails.NONE);
            fireError(error);
            if (again) {
                reconnection.attemptEnded();
                reconnect();
                manager.listeners.reconnectErrors.fire(error);
            } else if (!reconnection.inProgress() && reconnection.enabled && reconnection.fresh()) {
                reconnect();
            }
            failWaiters(error);
        }

        @Override
        public void onError(TransportException error) {
            if (!current()) {
                return;
            }
            if (state == State.OPENING) {
                openFailed(error);
            } else {
                websocketWorked = false;
                fireError(error);
            }
        }

        @Override
        public void onClose(CloseReason reason, DisconnectDetails details) {
            manager.listeners.engineCloses.fire(new ManagerListeners.Closed(DisconnectReason.of(reason), details));
            if (!current()) {
                return;
            }
            if (state == State.OPENING) {
                String transport =
                        engine == null ? "transport" : engine.transportName().text();
                openFailed(new TransportException(
                        transport + " error", details.description(), details.code(), null, null));
            } else {
                closed(DisconnectReason.of(reason), details);
            }
        }

        @Override
        public void onPacketCreate(EnginePacket packet, boolean compress) {
            probe.sent.accept(packet);
            manager.listeners.enginePacketsCreated.fire(packet);
        }

        @Override
        public void onPacket(EnginePacket packet) {
            probe.received.accept(packet);
            int size = packet instanceof EnginePacket.Message message ? message.data().length : 0;
            manager.listeners.enginePackets.fire(packet, size);
            if (!congested && state == State.OPEN && manager.congested() && current()) { // onOpen resets congested
                stopReading();
            }
        }

        @Override
        public void onPing() {
            if (current()) {
                manager.listeners.pings.fire(true, 0);
            }
        }

        @Override
        public void onUpgrade(TransportName to) {
            if (current()) {
                websocketWorked = to == TransportName.WEBSOCKET;
                manager.listeners.upgrades.fire(to);
            }
        }

        @Override
        public void onUpgradeError(TransportException error) {
            if (current()) {
                manager.listeners.upgradeErrors.fire(error);
            }
        }

        @Override
        public void onMessage(EnginePacket.Message message) {
            if (!current() || state != State.OPEN) {
                return;
            }
            SocketPacket packet;
            try {
                byte[] data = message.data();
                packet = message.isBinary() ? decoder.binary(data) : decoder.text(data, 0, data.length);
            } catch (DecodeException e) {
                closed(DisconnectReason.PARSE_ERROR, DisconnectDetails.of(e));
                return;
            }
            partial += message.data().length;
            if (packet == null) {
                return;
            }
            int size = (int) Math.min(partial, MOST_COUNTED);
            partial = 0;
            manager.listeners.packets.fire(packet, size);
            Socket socket = manager.find(packet.namespace());
            if (socket != null) {
                socket.core().onPacket(packet, size);
            }
            if (!congested
                    && (manager.congested() || (socket != null && socket.core().congested()))) {
                stopReading();
            }
        }
    }

    private void stopReading() {
        congested = true;
        Engine now = engine;
        if (now != null) {
            now.reading(false);
        }
        if (manager.relieved()) {
            relieved(); // the mailboxes were emptied before reading was stopped
        }
    }

    /** A mailbox has room again. Any thread; called often. */
    void relieved() {
        if (!congested) {
            return;
        }
        manager.run(() -> {
            if (!congested || !manager.relieved()) {
                return;
            }
            congested = false;
            Engine now = engine;
            if (now != null) {
                now.reading(true);
            }
        });
    }

    private void fireError(TransportException error) {
        manager.listeners.errors.fire(error);
        for (Socket socket : manager.sockets()) {
            socket.core().onError(error);
        }
    }

    /** Sends a packet; its parts stay together. */
    void write(EncodedPacket packet, boolean compress) {
        Engine now = engine;
        if (now == null) {
            return;
        }
        now.cork();
        byte[] head = packet.head();
        now.write(packet.binaryHead() ? EnginePacket.Message.binary(head) : EnginePacket.Message.text(head), compress);
        for (byte[] attachment : packet.attachments()) {
            now.write(EnginePacket.Message.binary(attachment), compress);
        }
        now.uncork();
    }

    private void cleanup() {
        if (openTimer != null) {
            openTimer.cancel();
            openTimer = null;
        }
        reconnection.cancelTimer();
        decoder.reset();
        partial = 0;
    }

    /** A socket was disconnected; the connection is closed if no other socket uses it. */
    void left() {
        if (!manager.anySocket(SocketCore::active)) {
            forceClose();
        }
    }

    void forceClose() {
        reconnection.stop();
        closed(DisconnectReason.FORCED_CLOSE, DisconnectDetails.NONE);
        relist();
    }

    void closeEngine() {
        Engine now = engine;
        if (now != null && state != State.CLOSED) {
            now.close();
        }
    }

    void reconnects(boolean on) {
        if (!on) {
            reconnection.stop();
            if (state == State.CLOSED) {
                failWaiters(TransportFailures.of("forced close", "reconnection was switched off"));
            }
        } else if (state != State.CLOSED) {
            reconnection.allow();
        }
    }

    private void closed(DisconnectReason reason, DisconnectDetails details) {
        State was = state;
        Engine old = engine;
        cleanup();
        engine = null;
        engineId = null;
        state = State.CLOSED;
        reconnection.backoff().reset();
        if (old != null) {
            if (was == State.OPENING) {
                old.end(CloseReason.FORCED_CLOSE, DisconnectDetails.NONE);
            } else {
                old.close();
            }
        }
        if (was != State.CLOSED) {
            manager.listeners.closes.fire(new ManagerListeners.Closed(reason, details));
        }
        for (Socket socket : manager.sockets()) {
            socket.core().onClose(reason, details);
        }
        if (reconnection.wanted()) {
            reconnect();
        }
        failWaiters(TransportFailures.of(reason.text(), details.description()));
    }

    /** If there are no further attempts, whoever waits for a socket to connect gets this error. */
    private void failWaiters(TransportException error) {
        if (!reconnection.inProgress()) {
            manager.sockets().forEach(socket -> socket.core().onGivenUp(error));
            relist();
        }
    }

    private void reconnect() {
        if (!reconnection.schedule()) {
            manager.listeners.reconnectFailures.fire(true);
            relist();
        }
    }

    /** The network is gone: the connection ends now, not when the heartbeat is overdue. */
    void networkLost() {
        Engine now = engine;
        if (now != null && state != State.CLOSED) {
            now.end(CloseReason.TRANSPORT_CLOSE, DisconnectDetails.of("network connection lost"));
        }
    }

    /** The network is back: the next attempt is made now. */
    void networkAvailable() {
        Engine now = engine;
        if (now != null && state == State.OPENING) {
            if (!reconnection.repeats()) {
                return; // the attempt in progress is the only one
            }
            reconnection.backoff().reset(); // it does not count as a failure
            now.end(CloseReason.TRANSPORT_CLOSE, DisconnectDetails.of("the network changed"));
        }
        if (state == State.CLOSED
                && reconnection.wanted()
                && (reconnection.inProgress() || manager.anySocket(SocketCore::active))) {
            reconnection.now();
        }
    }

    /** Registers the manager with the client while it is in use, so that closing the client closes it. */
    void relist() {
        boolean on = state != State.CLOSED || reconnection.inProgress() || manager.anySocket(SocketCore::isAwaited);
        if (on == listed) {
            return;
        }
        listed = on;
        if (!on) {
            manager.client().idle(manager);
            return;
        }
        manager.client().active(manager);
        if (manager.client().isClosed()) {
            manager.endAll(); // the client was closed before this manager was registered
        }
    }
}
