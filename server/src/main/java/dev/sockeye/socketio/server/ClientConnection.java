package dev.sockeye.socketio.server;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.runtime.ByteBudget;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session with its sockets, one for each namespace joined. Official counterpart: {@code Client}.
 *
 * <p>States: open, closed. Packets are decoded on the session's loop; all that follows from them happens in the mailbox, one
 * thing at a time. The end passes through {@link #end}, once.
 */
public final class ClientConnection {
    private static final QuietLog LOG = new QuietLog(ClientConnection.class);
    private static final SocketCore[] NO_SOCKETS = new SocketCore[0];

    /** Characters of the name of a namespace that the server does not have: no longer one is looked up, nor sent back. */
    static final int MAX_NAMESPACE_LENGTH = 4_096;

    private final SocketIoServer server;
    private final EngineSocket conn;
    private final Parser.Decoder decoder;
    private final SessionListener ears;
    private final Mailbox mailbox;

    /** Changed in the mailbox, read anywhere. */
    private volatile SocketCore[] sockets = NO_SOCKETS;

    /** In the mailbox: CONNECTs under way, by namespace. */
    private @Nullable Map<String, ConnectRequest> joinings;

    /** In the mailbox: namespaces that the server has left; what the client sent before it knew is ignored. */
    private @Nullable Set<String> left;

    private boolean ended; // in the mailbox
    private boolean ending; // in the mailbox: the session is being closed, what still comes is ignored
    private EngineLoop.@Nullable Timer connectTimer; // on the loop, then in the mailbox
    private boolean deaf; // on the loop: what comes after a fault is not read
    private volatile boolean paused; // written on the loop
    private int partBytes; // on the loop: what has come of a packet whose attachments are still to come
    private int countedPart; // on the loop: the part of it that the total knows

    ClientConnection(SocketIoServer server, EngineSocket conn) {
        this.server = server;
        this.conn = conn;
        this.decoder = server.options().parser().newDecoder();
        this.ears = new SessionListener();
        this.mailbox = new Mailbox(server.lifecycle().mailboxExecutor(conn.loop()), ears);
    }

    /** The session. {@code client.conn}. */
    public EngineSocket conn() {
        return conn;
    }

    /** The first HTTP request of the session. {@code client.request}. */
    public HostRequest request() {
        return conn.request();
    }

    /** How many packets of the client wait for handlers, the one being handled included. Any thread. */
    public int waiting() {
        return mailbox.waiting();
    }

    /** Runs something after all that waits, never at the same time as a handler of this client. Any thread. */
    public void execute(Runnable action) {
        mailbox.post(action);
    }

    SocketIoServer server() {
        return server;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    /** Begins. On the loop, in the engine's connection callback. */
    void start() {
        if (!server.lifecycle().accepting()) {
            conn.closeNow(CloseReason.FORCED_CLOSE, "the server is closing");
            return;
        }
        conn.listen(ears);
        connectTimer =
                conn.loop().schedule(this::onConnectTimeout, server.options().connectTimeout());
        if (conn.protocol() == 3) {
            mailbox.post(() -> connect("/", null));
        }
    }

    /** Sends a packet as one unit. Any thread. */
    void send(EncodedPacket packet, BroadcastFlags flags) {
        List<Message> messages = WireMessages.of(packet);
        if (flags.onlyWritable()) {
            conn.sendVolatile(messages, flags.compress());
        } else {
            conn.send(messages, flags.compress(), null);
        }
    }

    /** Sends a packet as one unit. Any thread. */
    void send(SocketPacket packet) {
        send(server.options().parser().encode(packet), BroadcastFlags.NONE);
    }

    /** Disconnects all sockets, then closes the session once all is written. Any thread. */
    void disconnectAll() {
        for (SocketCore socket : sockets) {
            socket.disconnect(false);
        }
        mailbox.runOrPost(this::closeOutOfPlace);
    }

    /** A CONNECT has passed. In the mailbox. */
    void add(SocketCore socket) {
        if (left != null) {
            left.remove(socket.namespace().name());
        }
        sockets = CopyOnWrite.append(sockets, socket);
        cancelConnectTimer();
    }

    /** A socket has left. In the mailbox. */
    void remove(SocketCore socket, DisconnectReason reason) {
        sockets = CopyOnWrite.remove(sockets, socket);
        if (reason == DisconnectReason.SERVER_NAMESPACE_DISCONNECT) {
            Set<String> names = left;
            if (names == null) {
                names = new LinkedHashSet<>(4);
                left = names;
            } else if (names.size() >= server.options().maxNamespacesPerConnection()) {
                names.remove(names.iterator().next());
            }
            names.add(socket.namespace().name());
        }
    }

    /** A CONNECT is over. In the mailbox. */
    void forget(ConnectRequest joining) {
        if (joinings != null && joinings.remove(joining.name(), joining) && joinings.isEmpty()) {
            joinings = null;
        }
    }

    /** Whether packets still reach the client. Any thread. */
    boolean open() {
        return conn.readyState() == EngineSocket.ReadyState.OPEN;
    }

    /** The end, once. In the mailbox. */
    void end(DisconnectReason reason, DisconnectDetails details) {
        if (ended) {
            return;
        }
        ended = true;
        cancelConnectTimer();
        Map<String, ConnectRequest> running = joinings;
        joinings = null;
        if (running != null) {
            List.copyOf(running.values()).forEach(ConnectRequest::cancel);
        }
        for (SocketCore socket : sockets) {
            socket.leave(reason, details);
        }
        sockets = NO_SOCKETS;
        left = null;
    }

    /** Ends this connection because its client has come back on another one. Any thread. */
    void takenOver(Runnable then) {
        mailbox.post(() -> {
            end(
                    DisconnectReason.FORCED_SERVER_CLOSE,
                    DisconnectDetails.of("the client has come back on another connection"));
            conn.closeNow(CloseReason.FORCED_CLOSE, "the client has come back on another connection");
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
            if (sockets.length == 0) {
                LOG.debug(() -> "no namespace joined within connectTimeout: closing");
                closeOutOfPlace();
            }
        });
    }

    /** The server is closing: ends at once, without a namespace. In the mailbox. */
    void closeNow() {
        end(DisconnectReason.SERVER_SHUTTING_DOWN, DisconnectDetails.NONE);
        conn.closeNow(CloseReason.FORCED_CLOSE, "the server is closing");
    }

    /** Whether an acknowledgement of the client is awaited. Any thread. */
    boolean owesAcks() {
        for (SocketCore socket : sockets) {
            if (socket.pendingAckCount() > 0) {
                return true;
            }
        }
        return false;
    }

    /** The server is draining: ends, then closes the session after what is queued. In the mailbox. */
    void leaveDrained() {
        end(DisconnectReason.SERVER_SHUTTING_DOWN, DisconnectDetails.NONE);
        conn.close();
    }

    /** Closes the session after what is queued. In the mailbox. The reason depends on whether that ends it at once. */
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

    private void onError(DecodeException error) {
        for (SocketCore socket : sockets) {
            socket.listeners().onError(error);
        }
        end(DisconnectReason.FORCED_CLOSE, DisconnectDetails.of(error));
        conn.close();
    }

    private void handle(SocketPacket packet) {
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
                deafen();
                onError(new DecodeException("invalid namespace"));
                return;
            }
            // what stands behind a CONNECT of this protocol is nothing: taken as auth it would pass middlewares
            auth = Payload.of(new LinkedHashMap<>(url.query()));
            name = url.name();
        }
        SocketCore socket = find(name);
        if (packet instanceof SocketPacket.Connect) {
            if (socket == null) {
                connect(name, auth);
                return;
            }
        } else if (socket != null && !(packet instanceof SocketPacket.ConnectError)) {
            socket.onPacket(packet);
            return;
        } else if (left != null && left.contains(name)) {
            return;
        }
        LOG.debug(() -> "packet out of place: closing");
        deafen();
        closeOutOfPlace();
    }

    private void connect(String name, @Nullable Payload auth) {
        if (!server.lifecycle().accepting()) {
            closeNow();
            return;
        }
        if (name.length() > MAX_NAMESPACE_LENGTH && server.registry().get(name) == null) {
            LOG.debug(() -> "the name of a namespace is too long: closing");
            deafen();
            closeOutOfPlace();
            return;
        }
        Map<String, ConnectRequest> running = joinings;
        if (running == null) {
            running = new LinkedHashMap<>(4);
            joinings = running;
        }
        ConnectRequest before = running.get(name);
        if (before != null) {
            before.cancel();
        } else if (sockets.length + running.size() >= server.options().maxNamespacesPerConnection()) {
            if (running.isEmpty()) {
                joinings = null;
            }
            ConnectRequest.refuse(this, name, "too many namespaces on one connection", null);
            return;
        }
        ConnectRequest joining = new ConnectRequest(this, name, auth);
        running.put(name, joining);
        joining.start();
    }

    private @Nullable SocketCore find(String name) {
        for (SocketCore socket : sockets) {
            if (socket.namespace().name().equals(name)) {
                return socket;
            }
        }
        return null;
    }

    private void deafen() {
        if (conn.loop().inLoop()) {
            deaf = true;
        }
    }

    /** A packet on its way to the mailbox. */
    private final class Delivery extends Mailbox.Task {
        private final SocketPacket packet;

        Delivery(SocketPacket packet) {
            this.packet = packet;
        }

        @Override
        protected void run() {
            handle(packet);
        }

        @Override
        protected boolean essential() {
            return false;
        }
    }

    /** A packet is not complete: it counts in the total, and as reading on is the only way to its end, a full total closes it. */
    private void awaitAttachments() {
        ByteBudget total = server.lifecycle().inboundTotal();
        total.change(countedPart, partBytes);
        countedPart = partBytes;
        if (partBytes >= ByteBudget.STEP && total.full()) {
            forgetPart();
            deaf = true;
            decoder.reset();
            conn.closeNow(
                    CloseReason.FORCED_CLOSE,
                    "too many bytes of all clients wait (maxTotalInboundBytes), some of them for attachments of this one");
        }
    }

    private void forgetPart() {
        partBytes = 0;
        if (countedPart != 0) {
            server.lifecycle().inboundTotal().change(countedPart, 0);
            countedPart = 0;
        }
    }

    private void deliver(SocketPacket packet) {
        int bytes = partBytes;
        forgetPart();
        if (packet instanceof SocketPacket.Ack ack && conn.protocol() != 3) {
            SocketCore socket = find(ack.namespace());
            if (socket != null) {
                socket.onAck(ack);
                return;
            }
        }
        mailbox.post(new Delivery(packet), bytes);
        if (!paused && mailbox.full()) {
            paused = true;
            conn.pauseReading(true);
            resumeIfDrained();
        }
    }

    private void resumeIfDrained() {
        if (paused && mailbox.relieved()) {
            paused = false;
            conn.pauseReading(false);
        }
    }

    /** What the session tells, on its loop, and what the mailbox tells. */
    private final class SessionListener implements EngineSocketListener, Mailbox.Owner {

        @Override
        public void relieved() {
            if (paused) {
                conn.loop().execute(ClientConnection.this::resumeIfDrained);
            }
        }

        @Override
        public void abandoned() {
            if (!ended) {
                LOG.debug(() -> "the executor of the handlers has been shut down: closing");
                end(DisconnectReason.SERVER_SHUTTING_DOWN, DisconnectDetails.NONE);
                conn.closeNow(CloseReason.FORCED_CLOSE, "the executor of the handlers has been shut down");
            }
        }

        @Override
        public void onText(byte[] buffer, int offset, int length) {
            if (!deaf) {
                try {
                    partBytes += length;
                    SocketPacket packet = decoder.text(buffer, offset, length);
                    if (packet != null) {
                        deliver(packet);
                    } else {
                        awaitAttachments();
                    }
                } catch (DecodeException e) {
                    fault(e);
                }
            }
        }

        @Override
        public void onBinary(byte[] data) {
            if (!deaf) {
                try {
                    partBytes += data.length;
                    SocketPacket packet = decoder.binary(data);
                    if (packet != null) {
                        deliver(packet);
                    } else {
                        awaitAttachments();
                    }
                } catch (DecodeException e) {
                    fault(e);
                }
            }
        }

        private void fault(DecodeException error) {
            deaf = true;
            forgetPart();
            decoder.reset();
            LOG.debug(() -> "not a packet: " + error.description());
            mailbox.post(() -> onError(error));
        }

        @Override
        public void onClose(CloseReason reason, @Nullable Object description) {
            deaf = true;
            forgetPart();
            decoder.reset();
            for (SocketCore socket : sockets) {
                socket.failAcks();
            }
            mailbox.post(() -> end(DisconnectReason.of(reason), details(description)));
        }

        private static DisconnectDetails details(@Nullable Object description) {
            if (description == null) {
                return DisconnectDetails.NONE;
            }
            return description instanceof Throwable error
                    ? DisconnectDetails.of(error)
                    : DisconnectDetails.of(description.toString());
        }
    }
}
