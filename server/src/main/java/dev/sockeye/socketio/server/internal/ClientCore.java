package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.Retention;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.ClientConnection;
import dev.sockeye.socketio.server.DisconnectReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Implements a client connection. {@link PacketReader} decodes its packets on the session's loop; everything else
 * happens in the mailbox, one task at a time.
 *
 * <p>States: open, ended. {@link #end} is the only transition to ended, and takes effect once.
 */
final class ClientCore implements ClientConnection {
    private static final QuietLog LOG = new QuietLog(ClientCore.class);
    private static final SocketCore[] NO_SOCKETS = new SocketCore[0];

    /** The longest name of an unknown namespace. Longer names are neither looked up nor sent back. */
    static final int MAX_NAMESPACE_LENGTH = 4_096;

    private final ServerContext context;
    private final Namespaces namespaces;
    private final EngineSocket conn;
    private final PacketReader reader;
    private final Mailbox mailbox;
    private final @Nullable ClientLimits limits; // in the mailbox

    /** The socket if it is the only one, which is the common case, otherwise an array. Written in the mailbox, read by any thread. */
    private volatile Object sockets = NO_SOCKETS;

    /** In the mailbox: CONNECT requests in progress, by namespace. */
    private @Nullable Map<String, ConnectRequest> connecting;

    /** In the mailbox: namespaces that the server has disconnected. Packets that the client sent before it knew are ignored. */
    private @Nullable Set<String> left;

    private byte sentByTask; // in the mailbox: messages of the current packet's handlers; 2: two or more
    private byte sentByLastTask; // in the mailbox
    private boolean ended; // in the mailbox
    private boolean ending; // in the mailbox: the session is being closed, packets are ignored
    private EngineLoop.@Nullable Timer connectTimer; // on the loop, then in the mailbox

    ClientCore(ServerContext context, Namespaces namespaces, EngineSocket conn) {
        this.context = context;
        this.namespaces = namespaces;
        this.conn = conn;
        this.reader = new PacketReader(this, context.parser().newDecoder());
        this.mailbox = new Mailbox(context.mailboxExecutor(conn.loop()), reader);
        this.limits = context.rateLimiter().forClient(this);
    }

    @Override
    public EngineSocket conn() {
        return conn;
    }

    @Override
    public HostRequest request() {
        return conn.request();
    }

    @Override
    public int waiting() {
        return mailbox.waiting();
    }

    @Override
    public void execute(Runnable action) {
        mailbox.post(action);
    }

    ServerContext context() {
        return context;
    }

    Namespaces namespaces() {
        return namespaces;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    /** Starts the connection. On the loop, in the engine's connection callback. */
    void start() {
        if (!context.joins().accepting()) {
            conn.closeNow(CloseReason.FORCED_CLOSE, "the server is closing");
            return;
        }
        conn.listen(reader);
        connectTimer =
                conn.loop().schedule(this::onConnectTimeout, context.options().connectTimeout());
        if (conn.protocol() == 3) {
            mailbox.post(() -> connect("/", null, true));
        }
    }

    /** Sends a packet together with its attachments. Any thread. */
    void send(EncodedPacket packet, BroadcastFlags flags) {
        List<Message> messages = WireMessages.of(packet);
        if (flags.onlyWritable()) {
            conn.sendVolatile(messages, flags.compress());
        } else {
            conn.send(messages, flags.compress(), null);
        }
    }

    /**
     * Sends the events that a client has missed, and CONNECT, as one unit, so that one poll gets all of it. Official clients keep events
     * that arrive before CONNECT. If a client lost its connection in between, it would get them again, and deliver both. Any thread.
     */
    void sendTogether(List<EncodedPacket> missed, EncodedPacket connect) {
        List<Message> messages = new ArrayList<>();
        for (EncodedPacket packet : missed) {
            messages.addAll(WireMessages.of(packet));
        }
        messages.addAll(WireMessages.of(connect));
        conn.send(messages, BroadcastFlags.NONE.compress(), null);
    }

    /** Sends the answer to an event. Any thread. */
    void sendAck(EncodedPacket packet) {
        List<Message> messages = WireMessages.of(packet);
        if (writesItself()) {
            conn.sendNow(messages, true, Retention.KEEP);
        } else {
            conn.send(messages, true, null);
        }
    }

    /**
     * Whether this thread is to write to the socket itself: a handler sends its first message, no other event waits, the loop is not
     * busy with several clients, and the last handler has not sent more than one. Otherwise the loop writes several messages together,
     * which costs less.
     */
    private boolean writesItself() {
        return mailbox.isCurrent() && mailbox.waiting() == 1 && mailbox.handedTogether() <= 1 && firstOfOne();
    }

    /** Whether this is the first message of the current packet's handlers, and probably the only one. */
    private boolean firstOfOne() {
        if (sentByTask > 0) {
            sentByTask = 2;
            return false;
        }
        sentByTask = 1;
        return sentByLastTask <= 1;
    }

    /** Sends an event, which may be dropped if the client is slow. Any thread. */
    void sendEvent(EncodedPacket packet, String namespace, BroadcastFlags flags) {
        List<Message> messages = WireMessages.of(packet);
        if (flags.onlyWritable()) {
            conn.sendVolatile(messages, flags.compress());
        } else if (writesItself()) {
            conn.sendNow(messages, flags.compress(), flags.retention(namespace));
        } else {
            conn.sendDroppable(messages, flags.compress(), flags.retention(namespace));
        }
    }

    /** Sends a packet, with its attachments as one unit. Any thread. */
    void send(SocketPacket packet) {
        send(context.encode(packet), BroadcastFlags.NONE);
    }

    /** Disconnects all sockets, then closes the session after the queued packets. Any thread. */
    void disconnectAll(DisconnectDetails details) {
        try {
            for (SocketCore socket : sockets()) {
                socket.disconnect(details, false);
            }
        } finally {
            mailbox.runOrPost(this::closeOutOfPlace);
        }
    }

    /** Adds a socket whose CONNECT request was accepted. In the mailbox. */
    void add(SocketCore socket) {
        if (left != null) {
            left.remove(socket.namespace().name());
        }
        sockets = sockets == NO_SOCKETS ? socket : CopyOnWrite.append(sockets(), socket);
        cancelConnectTimer();
    }

    /** Removes a socket that has left. In the mailbox. */
    void remove(SocketCore socket, DisconnectReason reason) {
        SocketCore[] others = CopyOnWrite.remove(sockets(), socket);
        sockets = others.length == 0 ? NO_SOCKETS : others.length == 1 ? others[0] : others;
        if (limits != null) {
            limits.forget(socket);
        }
        if (reason == DisconnectReason.SERVER_NAMESPACE_DISCONNECT) {
            Set<String> names = left;
            if (names == null) {
                names = new LinkedHashSet<>(4);
                left = names;
            } else if (names.size() >= context.options().maxNamespacesPerConnection()) {
                names.remove(names.iterator().next());
            }
            names.add(socket.namespace().name());
        }
    }

    /** Removes a CONNECT request that is complete. In the mailbox. */
    void forget(ConnectRequest request) {
        if (connecting != null && connecting.remove(request.name(), request) && connecting.isEmpty()) {
            connecting = null;
        }
    }

    /** Whether packets still reach the client. Any thread. */
    boolean open() {
        return conn.readyState() == EngineSocket.ReadyState.OPEN;
    }

    /** Ends the connection, once. In the mailbox. */
    void end(DisconnectReason reason, DisconnectDetails details) {
        if (ended) {
            return;
        }
        ended = true;
        cancelConnectTimer();
        cancelConnecting();
        for (SocketCore socket : sockets()) {
            socket.leave(reason, details);
        }
        sockets = NO_SOCKETS;
        left = null;
    }

    /** Cancels all CONNECT requests that are not complete. In the mailbox. */
    void cancelConnecting() {
        Map<String, ConnectRequest> running = connecting;
        connecting = null;
        if (running != null) {
            List.copyOf(running.values()).forEach(ConnectRequest::cancel);
        }
    }

    /** Ends this connection because its client has reconnected on another one. Any thread. */
    void takenOver(DisconnectDetails details, Runnable then) {
        mailbox.post(() -> {
            end(DisconnectReason.FORCED_SERVER_CLOSE, details);
            conn.closeNow(CloseReason.FORCED_CLOSE, details.description());
            then.run();
        });
    }

    private void cancelConnectTimer() {
        EngineLoop.Timer timer = connectTimer;
        if (timer != null) {
            connectTimer = null;
            timer.cancel();
        }
    }

    private void onConnectTimeout() {
        mailbox.post(() -> {
            if (sockets == NO_SOCKETS) {
                LOG.debug(() -> "no namespace joined within connectTimeout: closing");
                closeOutOfPlace();
            }
        });
    }

    /** The server is closing: ends immediately, without a namespace. In the mailbox. */
    void closeNow() {
        end(DisconnectReason.SERVER_SHUTTING_DOWN, DisconnectDetails.NONE);
        conn.closeNow(CloseReason.FORCED_CLOSE, "the server is closing");
    }

    /** Whether an acknowledgement of the client is awaited. Any thread. */
    boolean owesAcks() {
        for (SocketCore socket : sockets()) {
            if (socket.pendingAckCount() > 0) {
                return true;
            }
        }
        return false;
    }

    /** The server is draining: ends, then closes the session after the queued packets. In the mailbox. */
    void leaveDrained() {
        end(DisconnectReason.SERVER_SHUTTING_DOWN, DisconnectDetails.NONE);
        conn.close();
    }

    /**
     * Closes the session after the queued packets. In the mailbox. The reason depends on whether the session is closed
     * immediately.
     */
    private void closeOutOfPlace() {
        if (open()) {
            ending = true;
            if (conn.loop().inLoop()) {
                closeSession();
            } else {
                conn.loop().execute(this::closeSession);
            }
        }
    }

    /** On the loop. */
    private void closeSession() {
        conn.close();
        if (conn.readyState() != EngineSocket.ReadyState.CLOSED) {
            mailbox.post(() -> end(DisconnectReason.FORCED_SERVER_CLOSE, DisconnectDetails.NONE));
        }
    }

    /** A packet was malformed. In the mailbox. */
    void onError(DecodeException error) {
        for (SocketCore socket : sockets()) {
            socket.listeners().onError(error);
        }
        end(DisconnectReason.FORCED_CLOSE, DisconnectDetails.of(error));
        conn.close();
    }

    private void handle(SocketPacket packet, int bytes) {
        if (ended || ending) {
            return;
        }
        String name = packet.namespace();
        Payload auth = null;
        if (packet instanceof SocketPacket.Connect connect) {
            auth = connect.data();
        }
        if (conn.protocol() == 3) {
            NamespaceUrl url = NamespaceUrl.parse(name);
            if (url == null) {
                reader.deafen();
                onError(new DecodeException("invalid namespace"));
                return;
            }
            // a CONNECT packet of protocol 3 has no auth: any data in it must not reach the middlewares
            auth = Payload.of(new LinkedHashMap<>(url.query()));
            name = url.name();
        }
        SocketCore socket = find(name);
        if (packet instanceof SocketPacket.Connect) {
            if (socket == null) {
                Duration wait = limits == null ? Duration.ZERO : limits.connect();
                if (wait.isZero()) {
                    connect(name, auth, true);
                } else {
                    ConnectRequest.refuse(
                            this, name, RateLimiter.EXCEEDED, Map.of("retryAfter", ClientLimits.millis(wait)));
                }
                return;
            }
        } else if (socket != null && !(packet instanceof SocketPacket.ConnectError)) {
            if (limits == null
                    || !(packet instanceof SocketPacket.Event event)
                    || !socket.handlesEvents()
                    || limits.admit(socket, event, bytes)) {
                socket.onPacket(packet);
            }
            return;
        } else if (left != null && left.contains(name)) {
            return;
        }
        LOG.debug(() -> "packet out of place: closing");
        reader.deafen();
        closeOutOfPlace();
    }

    void connect(String name, @Nullable Payload auth, boolean recovers) {
        if (!context.joins().accepting()) {
            closeNow();
            return;
        }
        if (name.length() > MAX_NAMESPACE_LENGTH && namespaces.get(name) == null) {
            LOG.debug(() -> "the name of a namespace is too long: closing");
            reader.deafen();
            closeOutOfPlace();
            return;
        }
        Map<String, ConnectRequest> running = connecting;
        if (running == null) {
            running = new LinkedHashMap<>(4);
            connecting = running;
        }
        ConnectRequest before = running.get(name);
        if (before != null) {
            before.cancel();
        } else if (sockets().length + running.size() >= context.options().maxNamespacesPerConnection()) {
            if (running.isEmpty()) {
                connecting = null;
            }
            ConnectRequest.refuse(this, name, "too many namespaces on one connection", null);
            return;
        }
        ConnectRequest request = new ConnectRequest(this, name, auth, recovers);
        running.put(name, request);
        request.start();
    }

    private SocketCore[] sockets() {
        Object now = sockets;
        return now instanceof SocketCore only ? new SocketCore[] {only} : (SocketCore[]) now;
    }

    private @Nullable SocketCore find(String name) {
        Object now = sockets;
        if (now instanceof SocketCore only) {
            return only.namespace().name().equals(name) ? only : null;
        }
        for (SocketCore socket : (SocketCore[]) now) {
            if (socket.namespace().name().equals(name)) {
                return socket;
            }
        }
        return null;
    }

    /** Posts a packet of the client to the mailbox. */
    void post(SocketPacket packet, int bytes) {
        mailbox.post(new Delivery(packet, bytes), bytes);
    }

    /**
     * Completes an acknowledgement without using the mailbox, so that a handler may wait for it; returns false for
     * other packets. On the loop.
     */
    boolean takeAck(SocketPacket packet) {
        if (packet instanceof SocketPacket.Ack ack && conn.protocol() != 3) {
            SocketCore socket = find(ack.namespace());
            if (socket != null) {
                socket.onAck(ack);
                return true;
            }
        }
        return false;
    }

    /** The session has ended. On the loop. */
    void onSessionClosed(DisconnectReason reason, DisconnectDetails details) {
        for (SocketCore socket : sockets()) {
            socket.failAcks();
        }
        mailbox.post(() -> end(reason, details));
    }

    /** The executor of the handlers has been shut down. Called instead of the mailbox's tasks. */
    void onMailboxAbandoned() {
        if (!ended) {
            LOG.debug(() -> "the executor of the handlers has been shut down: closing");
            end(DisconnectReason.SERVER_SHUTTING_DOWN, DisconnectDetails.NONE);
            conn.closeNow(CloseReason.FORCED_CLOSE, "the executor of the handlers has been shut down");
        }
    }

    /** A packet on its way to the mailbox. */
    private final class Delivery extends Mailbox.Task {
        private final SocketPacket packet;
        private final int bytes;

        Delivery(SocketPacket packet, int bytes) {
            this.packet = packet;
            this.bytes = bytes;
        }

        @Override
        protected void run() {
            sentByLastTask = sentByTask;
            sentByTask = 0;
            handle(packet, bytes);
        }

        @Override
        protected boolean essential() {
            return false;
        }
    }
}
