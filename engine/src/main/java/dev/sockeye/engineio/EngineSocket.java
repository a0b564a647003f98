package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Open;
import dev.sockeye.engineio.protocol.EnginePacket.Ping;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.Registration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Engine.IO session, across its transports. Official counterpart: {@code Socket} of {@code engine.io}.
 *
 * <p>States: opening, open, closing (queued packets are still written), closed.
 *
 * <p>All public methods are thread-safe and never block. Their work is done on {@link #loop()}, immediately if called
 * there, and not at all if the loop has ended. Calls from one thread keep their order.
 */
public final class EngineSocket extends SessionOutput {

    /** The states of a session. */
    public enum ReadyState {
        OPENING,
        OPEN,
        CLOSING,
        CLOSED;

        /**
         * Whether the transition to another state is allowed; closing a session that is already closing drops its
         * queued packets.
         */
        boolean mayBecome(ReadyState next) {
            return switch (this) {
                case OPENING -> next != OPENING;
                case OPEN -> next == CLOSING || next == CLOSED;
                case CLOSING -> next == CLOSING || next == CLOSED;
                case CLOSED -> false;
            };
        }
    }

    static final Runnable NOTHING = () -> {};

    private final String id;
    private final HostRequest request;
    private final Permit permit;
    private final byte protocol;
    private boolean upgraded;
    private boolean paused;
    private EngineSocketListener listener = NoListener.INSTANCE;
    /** While reading is paused. */
    private @Nullable HeldMessages held;

    private @Nullable UpgradeCandidate candidate;

    EngineSocket(LoopHeartbeats state, String id, HostRequest request, int protocol, Permit permit) {
        super(state);
        this.id = id;
        this.request = request;
        this.protocol = (byte) protocol;
        this.permit = permit;
    }

    /** The session id, which is a secret of this client; differs from the id of a Socket.IO socket. */
    public String id() {
        return id;
    }

    /** The protocol revision: 4, or 3 for Socket.IO 2.x clients. */
    public int protocol() {
        return protocol;
    }

    /** The first HTTP request of the session. */
    public HostRequest request() {
        return request;
    }

    /** The client's address without port: that of the peer, or the one sent by {@link EngineOptions#trustedProxies()}. */
    public String remoteAddress() {
        return request.remoteAddress();
    }

    /** The current transport: {@code polling}, {@code websocket} or {@code webtransport}. */
    public String transport() {
        return transport.name();
    }

    /** The current state. */
    public ReadyState readyState() {
        return readyState;
    }

    /** The loop of this session. */
    public EngineLoop loop() {
        return state.loop;
    }

    /** Sets the owner. Called once, in the connection callback. */
    public void listen(EngineSocketListener listener) {
        this.listener = listener;
    }

    /** Adds an observer for the events of this session. */
    public Registration observe(EngineSocketListener.Observer observer) {
        run(() -> {
            if (observers == null) {
                observers = new Observers();
            }
            observers.add(observer);
        });
        return Registrations.of(() -> run(() -> {
            if (observers != null) {
                observers.remove(observer);
            }
        }));
    }

    /**
     * Queues messages as one unit: no other messages are sent between them. Ignored if the session is closing or
     * closed.
     *
     * @param messages one or more; the list is not changed afterwards
     * @param compress whether the transport may compress them
     * @param sent called on the loop when the messages have been passed to the operating system; not called if the
     *     session ends before; {@code null} for none
     */
    public void send(List<Message> messages, boolean compress, @Nullable Runnable sent) {
        send(new PacketBatch(messages, compress, PacketBatch.size(messages), sent, Retention.KEEP));
    }

    /** As {@link #send(List, boolean, Runnable)}; the messages may be dropped, all together, while they wait for a slow peer. */
    public void sendDroppable(List<Message> messages, boolean compress, Retention retention) {
        send(new PacketBatch(messages, compress, PacketBatch.size(messages), null, retention));
    }

    /**
     * Queues messages that precede everything that is sent because of an action. It runs before the peer can have received them, once
     * or twice, on the loop or on the calling thread, at the latest when this method returns.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop has ended
     */
    public void sendBefore(Runnable action, List<Message> messages, boolean compress) {
        sendBefore(action, new PacketBatch(messages, compress, PacketBatch.size(messages), null, Retention.KEEP));
    }

    private void send(PacketBatch unit) {
        if (reserve(unit)) {
            hop(unit);
        }
    }

    /** As {@link #sendDroppable}; if nothing is queued, the calling thread writes them itself where it can. It never blocks. */
    public void sendNow(List<Message> messages, boolean compress, Retention retention) {
        if (!writeDirect(messages, compress, retention)) {
            sendDroppable(messages, compress, retention);
        }
    }

    /**
     * Queues messages as one unit if the session is {@linkplain #writable() writable}, otherwise drops them.
     *
     * @return whether they were queued
     */
    public boolean sendVolatile(List<Message> messages, boolean compress) {
        long size = PacketBatch.size(messages);
        if (!reserveWhenIdle(size)) {
            return false;
        }
        hop(new PacketBatch(messages, compress, size, null, Retention.KEEP));
        return true;
    }

    @Override
    void overflow() {
        run(() -> end(
                CloseReason.OUTBOUND_OVERFLOW,
                "more than " + options().maxOutboundBytes() + " bytes (maxOutboundBytes) waited for the client"));
    }

    /**
     * Runs an action once, on the loop, when nothing is queued: immediately if nothing is queued now; never if the
     * session ends before.
     */
    public void whenDrained(Runnable action) {
        run(() -> {
            if (buffered() == 0) {
                Hooks.guard("drained", action);
            } else if (readyState != ReadyState.CLOSED) {
                awaitQueued(() -> whenDrained(action));
            }
        });
    }

    /**
     * Whether a packet sent now would be written immediately: the session is open, the transport is ready (for polling:
     * a poll is pending) and nothing is queued, neither here nor in the host.
     */
    public boolean writable() {
        return buffered() == 0 && transportReady();
    }

    /**
     * The number of bytes that are queued for the peer and have not been passed to the operating system yet; each
     * message counts for at least 64.
     */
    public long bufferedBytes() {
        return buffered();
    }

    /**
     * Stops or resumes reading from the peer. While paused, the listener receives no messages, a WebSocket is not read
     * and the response to a POST is delayed. Messages that have already been read are passed to the listener when
     * reading resumes, or before the session is ended by the peer.
     *
     * <p>The heartbeat continues. If its answer is overdue, it may be behind unread messages: then up to 1 MiB more is
     * read and held, again after each {@code pingTimeout}, up to 8 MiB in total. If nothing is received within the next
     * {@code pingTimeout}, the session ends with {@link CloseReason#PING_TIMEOUT}.
     */
    public void pauseReading(boolean pause) {
        run(() -> {
            if (paused != pause && readyState != ReadyState.CLOSED) {
                paused = pause;
                server().listeners.paused(this, pause);
                if (pause) {
                    if (held == null) {
                        held = new HeldMessages(state);
                    }
                    held.answered();
                    transport.pauseReading(true);
                } else {
                    resume();
                }
            }
        });
    }

    private void resume() {
        HeldMessages waiting = held;
        if (waiting == null || waiting.delivering()) {
            return;
        }
        try {
            waiting.deliver(listener, () -> !paused && readyState == ReadyState.OPEN);
        } catch (RuntimeException | Error e) {
            end(CloseReason.TRANSPORT_ERROR, e);
        }
        if (!paused && readyState != ReadyState.CLOSED) {
            waiting.clear();
            held = null;
            transport.pauseReading(false);
            state.resumed(this);
        }
    }

    /** The peer's heartbeat is overdue: returns whether it may be behind unread data. */
    boolean mayBeAlive() {
        HeldMessages waiting = held;
        if (waiting == null) {
            return false;
        }
        return switch (waiting.overdue()) {
            case UNKNOWN -> true;
            case READ_ON -> {
                transport.pauseReading(false);
                yield true;
            }
            case DEAD -> false;
        };
    }

    private void stopReading(boolean stop) {
        HeldMessages waiting = held;
        if (waiting != null && waiting.overflows(options().maxHttpBufferSize())) {
            closeNow(CloseReason.FORCED_CLOSE, "too much was received while reading was paused");
        } else if (stop) {
            transport.pauseReading(true);
        }
    }

    /** Closes the session after all queued packets have been written, with the reason {@link CloseReason#FORCED_CLOSE}. */
    public void close() {
        run(() -> close(false));
    }

    /** Closes the session immediately with a reason; queued packets are dropped. */
    @Override
    public void closeNow(CloseReason reason, @Nullable Object description) {
        run(() -> end(reason, description));
    }

    EngineOptions options() {
        return state.server.options();
    }

    EngineServer server() {
        return state.server;
    }

    Transport currentTransport() {
        return transport;
    }

    /** Changes the state, on the loop. An invalid transition is a bug: it throws in tests and is logged in production. */
    void become(ReadyState next) {
        ReadyState now = readyState;
        if (!now.mayBecome(next)) {
            Hooks.failed("state", new IllegalStateException("a session went from " + now + " to " + next));
            assert false : "a session went from " + now + " to " + next;
            return;
        }
        readyState = next;
    }

    /** The first transport is open: sends the handshake and starts the heartbeat. */
    void open(Transport first) {
        transport = first;
        become(ReadyState.OPEN);
        server().listeners.opened(this);
        List<EnginePacket> packets = new ArrayList<>(2);
        packets.add(new Open(OpenData.of(this)));
        if (options().initialPacket() != null) {
            packets.add(options().initialPacket());
        }
        accept(new PacketBatch(packets, true, 0, null, Retention.KEEP));
        if (readyState == ReadyState.OPEN) {
            state.startHeartbeat(this);
        }
    }

    void onTextMessage(byte[] buffer, int offset, int length) {
        if (readyState == ReadyState.OPEN) {
            state.heard(this);
            server().listeners.received(this, length);
            if (observers != null) {
                byte[] copy = Arrays.copyOfRange(buffer, offset, offset + length);
                notifyObservers(observer -> observer.onPacket(Message.text(copy)));
            }
            if (held == null) {
                listener.onText(buffer, offset, length);
            } else {
                stopReading(held.addText(buffer, offset, length));
            }
        }
    }

    void onBinaryMessage(byte[] data) {
        if (readyState == ReadyState.OPEN) {
            state.heard(this);
            server().listeners.received(this, data.length);
            notifyObservers(observer -> observer.onPacket(Message.binary(data)));
            if (held == null) {
                listener.onBinary(data);
            } else {
                stopReading(held.addBinary(data));
            }
        }
    }

    void onPacket(EnginePacket packet) {
        if (readyState != ReadyState.OPEN) {
            return;
        }
        if (packet instanceof Message message) {
            if (message.isBinary()) {
                onBinaryMessage(message.data());
            } else {
                onTextMessage(message.data(), 0, message.data().length);
            }
            return;
        }
        notifyObservers(observer -> observer.onPacket(packet));
        if (packet instanceof Ping || packet instanceof Pong) {
            if (state.onHeartbeat(this, packet)) {
                if (held != null) {
                    stopReading(held.answered());
                }
                notifyObservers(EngineSocketListener.Observer::onHeartbeat);
            }
        } else if (packet instanceof EnginePacket.Close) {
            end(CloseReason.TRANSPORT_CLOSE, null);
        } else {
            state.heard(this);
        }
    }

    /** A connection requests to take over this session. */
    void probe(MessageTransport by) {
        if (readyState != ReadyState.OPEN || candidate != null || upgraded) {
            by.close(true, NOTHING);
            return;
        }
        candidate = new UpgradeCandidate(this, by, options().upgradeTimeout());
        by.probe(candidate);
    }

    void onUpgrading(String name) {
        notifyObservers(observer -> observer.onUpgrading(name));
    }

    void upgradeEnded(UpgradeCandidate ended) {
        if (candidate == ended) {
            candidate = null;
        }
    }

    void upgradeTo(MessageTransport better) {
        Transport old = transport;
        upgraded = true;
        transport = better;
        better.carry(this);
        if (old instanceof MessageTransport left) {
            left.leave();
        }
        notifyObservers(observer -> observer.onUpgrade(better.name()));
        server().listeners.upgraded(this, better.name());
        old.close(true, NOTHING); // ends a session that is closing and has waited for its last poll
        if (held != null) {
            held.answered();
            better.pauseReading(true);
        }
        flush();
        if (readyState == ReadyState.CLOSING && !hasQueued()) {
            better.close(false, () -> end(CloseReason.FORCED_CLOSE, null));
        }
    }

    /** Closes in an orderly way; if {@code discard}, immediately and without the queued packets. */
    void close(boolean discard) {
        if (discard ? readyState == ReadyState.CLOSED : readyState != ReadyState.OPEN) {
            return;
        }
        become(ReadyState.CLOSING);
        if (discard) {
            closeTransport(true);
        } else {
            closeWhenHanded();
        }
    }

    private void closeWhenHanded() {
        if (hasQueued()) {
            awaitDrain(this::closeWhenHanded);
        } else {
            closeTransport(false);
        }
    }

    private void closeTransport(boolean discard) {
        transport.close(discard, () -> end(CloseReason.FORCED_CLOSE, null));
    }

    /** Whether messages received before this end are still passed to the listener. */
    private static boolean ofThePeer(CloseReason reason) {
        return reason != CloseReason.FORCED_CLOSE && reason != CloseReason.OUTBOUND_OVERFLOW;
    }

    /** Ends the session; all ways to end go through this method. Idempotent. */
    void end(CloseReason reason, @Nullable Object description) {
        assert state.loop.inLoop();
        if (held != null && readyState == ReadyState.OPEN && ofThePeer(reason) && !held.delivering()) {
            HeldMessages unread = held;
            Hooks.guard("message", () -> unread.deliver(listener, () -> readyState == ReadyState.OPEN));
        }
        if (readyState == ReadyState.CLOSED) {
            return;
        }
        become(ReadyState.CLOSED);
        stopWaiting();
        if (held != null) {
            held.clear();
        }
        if (candidate != null) {
            candidate.fail();
        }
        Transport last = transport;
        boolean abort = reason == CloseReason.OUTBOUND_OVERFLOW;
        Hooks.guard("transport", abort ? last::abort : () -> last.closeOrAbort()); // the host's code
        permit.release();
        state.server.remove(this, state);
        if (reason != CloseReason.FORCED_CLOSE && description != null && !(description instanceof DisconnectDetails)) {
            state.server.log().log("session of " + remoteAddress() + " ended, " + reason.text(), description);
        }
        Hooks.guard("close", () -> listener.onClose(reason, description));
        notifyObservers(observer -> observer.onClose(reason, description));
        if (transport != NoTransport.INSTANCE) {
            server().listeners.closed(this, reason, description);
        }
        forgetQueued();
    }
}
