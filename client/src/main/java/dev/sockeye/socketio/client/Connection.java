package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.client.engine.ClientLoop;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of a manager's connection: closed, opening, open, and the attempts between. Used on the loop only, but for the
 * volatile fields.
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
    private final Backoff backoff;
    private final Parser.Decoder decoder;
    private final @Nullable CookieJar cookies;

    volatile boolean reconnection;
    volatile @Nullable String engineId;
    private volatile State state = State.CLOSED;
    private volatile @Nullable Engine engine;

    /** Hears of each packet that is sent. */
    @Nullable
    Consumer<EnginePacket> sentForTests;

    /** Hears of each packet that came. */
    @Nullable
    Consumer<EnginePacket> receivedForTests;

    /** Hears with which transport the connection opened. */
    @Nullable
    Consumer<TransportName> openedForTests;

    private boolean reconnecting;
    private boolean skipReconnect;
    private boolean websocketWorked;
    private boolean listed;
    private int corks;
    private @Nullable Engine corked;
    /** Whether the reading is stopped, because listeners have too much to do. Written on the loop. */
    private volatile boolean congested;

    /** Bytes of messages that belong to a packet which is not whole. */
    private long partial;

    private ClientLoop.@Nullable Timer openTimer;
    private ClientLoop.@Nullable Timer reconnectTimer;

    Connection(
            Manager manager, ClientLoop loop, ClientEnvironment environment, Endpoint endpoint, ClientOptions options) {
        this.manager = manager;
        this.loop = loop;
        this.environment = environment;
        this.endpoint = endpoint;
        this.options = options;
        this.reconnection = options.reconnection();
        this.backoff = new Backoff(
                options.reconnectionDelay().toMillis(),
                options.reconnectionDelayMax().toMillis(),
                options.randomizationFactor(),
                environment::random);
        this.decoder = options.parser().newDecoder();
        this.cookies = options.withCredentials() ? new CookieJar(environment::currentTimeMillis) : null;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isReconnecting() {
        return reconnecting;
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
        if (!listed) {
            relist();
        }
    }

    void open() {
        if (state == State.CLOSED && reconnectTimer != null) {
            reconnectTimer.cancel();
            reconnectTimer = null;
            reconnecting = false;
        }
        open(false);
    }

    private void open(boolean again) {
        if (state != State.CLOSED) {
            return;
        }
        if (manager.client().isClosed()) {
            return;
        }
        Link link = new Link(again);
        boolean websocketFirst = options.rememberUpgrade() && websocketWorked;
        Engine opening = new Engine(
                loop,
                environment.network(loop, endpoint, options),
                options,
                new RequestTemplate(endpoint, options, cookies, environment::random),
                websocketFirst,
                link);
        link.engine = opening;
        engine = opening;
        state = State.OPENING;
        skipReconnect = false;
        relist();
        if (state != State.OPENING) {
            return; // the client has been closed meanwhile
        }
        Duration timeout = options.timeout();
        if (timeout != null) {
            openTimer = loop.schedule(
                    () -> link.openFailed(new TransportException(
                            "timeout", "not open within " + timeout.toMillis() + " ms", 0, null, null)),
                    timeout.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        opening.open();
    }

    /** What one engine tells; an engine that was left is not heard any more. */
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
            if (openedForTests != null) {
                openedForTests.accept(engine.transportName());
            }
            manager.opened.fire(true);
            engine.cork();
            for (Socket socket : manager.sockets()) {
                socket.core().onOpen();
            }
            engine.uncork();
            if (again) {
                int attempt = backoff.attempts();
                reconnecting = false;
                manager.reconnects.fire(attempt);
            }
            backoff.reset();
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
            failed.end(DisconnectReason.FORCED_CLOSE, CloseDetails.NONE);
            fireError(error);
            if (again) {
                reconnecting = false;
                reconnect();
                manager.reconnectErrors.fire(error);
            } else if (!reconnecting && reconnection && backoff.attempts() == 0) {
                reconnect();
            }
            if (!reconnecting) {
                for (Socket socket : manager.sockets()) {
                    socket.core().onGivenUp(error);
                }
                relist();
            }
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
        public void onClose(DisconnectReason reason, CloseDetails details) {
            if (!current()) {
                return;
            }
            if (state == State.OPENING) {
                openFailed(
                        new TransportException("websocket error", details.description(), details.code(), null, null));
            } else {
                closed(reason, details);
            }
        }

        @Override
        public void onPacketCreate(EnginePacket packet, boolean compress) {
            Consumer<EnginePacket> observer = sentForTests;
            if (observer != null) {
                observer.accept(packet);
            }
        }

        @Override
        public void onPacket(EnginePacket packet) {
            Consumer<EnginePacket> observer = receivedForTests;
            if (observer != null) {
                observer.accept(packet);
            }
        }

        @Override
        public void onPing() {
            if (current()) {
                manager.pings.fire(true);
            }
        }

        @Override
        public void onUpgrade(TransportName to) {
            if (current()) {
                websocketWorked = to == TransportName.WEBSOCKET;
                manager.upgrades.fire(to);
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
                closed(DisconnectReason.PARSE_ERROR, CloseDetails.of(e));
                return;
            }
            partial += message.data().length;
            if (packet == null) {
                return;
            }
            int size = (int) Math.min(partial, MOST_COUNTED);
            partial = 0;
            manager.packets.fire(packet, size);
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
            relieved(); // just before it could see that the reading is stopped
        }
    }

    /** A mailbox has room again. Any thread, often. */
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
        manager.errors.fire(error);
        for (Socket socket : manager.sockets()) {
            socket.core().onError(error);
        }
    }

    /** Sends; the parts of a packet stay together. */
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
        if (reconnectTimer != null) {
            reconnectTimer.cancel();
            reconnectTimer = null;
        }
        decoder.reset();
        partial = 0;
    }

    /** A socket was left: without another one that is in use, the connection closes. */
    void left() {
        for (Socket socket : manager.sockets()) {
            if (socket.core().active()) {
                return;
            }
        }
        forceClose();
    }

    void forceClose() {
        skipReconnect = true;
        reconnecting = false;
        closed(DisconnectReason.FORCED_CLOSE, CloseDetails.NONE);
        relist();
    }

    void closeEngine() {
        Engine now = engine;
        if (now != null && state != State.CLOSED) {
            now.close();
        }
    }

    void stopReconnecting() {
        skipReconnect = true;
        reconnecting = false;
        if (reconnectTimer != null) {
            reconnectTimer.cancel();
            reconnectTimer = null;
        }
        relist();
    }

    private void closed(DisconnectReason reason, CloseDetails details) {
        State was = state;
        Engine old = engine;
        cleanup();
        engine = null;
        engineId = null;
        state = State.CLOSED;
        backoff.reset();
        if (old != null) {
            if (was == State.OPENING) {
                old.end(DisconnectReason.FORCED_CLOSE, CloseDetails.NONE);
            } else {
                old.close();
            }
        }
        if (was != State.CLOSED) {
            manager.closes.fire(new Manager.Closed(reason, details));
        }
        for (Socket socket : manager.sockets()) {
            socket.core().onClose(reason, details);
        }
        if (reconnection && !skipReconnect) {
            reconnect();
        } else {
            relist();
        }
    }

    private void reconnect() {
        if (reconnecting || skipReconnect) {
            return;
        }
        if (backoff.attempts() >= options.reconnectionAttempts()) {
            backoff.reset();
            manager.reconnectFailures.fire(true);
            relist();
            return;
        }
        reconnecting = true;
        reconnectTimer = loop.schedule(
                () -> {
                    reconnectTimer = null;
                    if (skipReconnect) {
                        return;
                    }
                    manager.attempts.fire(backoff.attempts());
                    open(true);
                },
                backoff.next(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * Has the client hold the manager while there is something to do or somebody waits, so that closing the client ends it.
     */
    void relist() {
        boolean on = state != State.CLOSED || reconnecting || isAwaited();
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
            manager.endAll(); // who closes the client looks at the list after closing; this one came too late for it
        }
    }

    private boolean isAwaited() {
        for (Socket socket : manager.sockets()) {
            if (socket.core().isAwaited()) {
                return true;
            }
        }
        return false;
    }
}
