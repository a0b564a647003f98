package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Open;
import dev.sockeye.engineio.protocol.EnginePacket.Ping;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One Engine.IO session, across its transports. Official counterpart: {@code Socket} of {@code engine.io}.
 *
 * <p>States: opening, open, closing (what is queued is still written), closed.
 *
 * <p>All public methods may be called from any thread and never block; what they do happens on {@link #loop()}, at once
 * when called there. Calls from one thread keep their order.
 */
public final class EngineSocket extends DeadlineQueue.Node {

    /** The states of a session. */
    public enum ReadyState {
        OPENING,
        OPEN,
        CLOSING,
        CLOSED
    }

    private static final AtomicLongFieldUpdater<EngineSocket> BUFFERED =
            AtomicLongFieldUpdater.newUpdater(EngineSocket.class, "buffered");
    static final Runnable NOTHING = () -> {};

    private final LoopState state;
    private final String id;
    private final HostRequest request;
    private final Permit permit;
    private final byte protocol;
    private boolean upgraded;
    private boolean paused;
    private volatile ReadyState readyState = ReadyState.OPENING;
    private volatile Transport transport;
    private EngineSocketListener listener = NoListener.INSTANCE;
    private @Nullable Observers observers;
    private @Nullable UpgradeCandidate candidate;
    /** What the transport could not take yet. */
    private @Nullable ArrayDeque<Unit> queue;
    /** Who waits for the transport to have written everything. */
    private @Nullable List<Runnable> awaitingDrain;
    /** Bytes accepted and not yet taken by the operating system, the type byte of each message included. */
    private volatile long buffered;
    /** The part of {@link #buffered} that the transport has; loop-confined. */
    private long handed;
    /** The part of {@link #buffered} that is in {@link #queue}; loop-confined. */
    private long queued;
    /** While the transport has much and is not yet without work. */
    private @Nullable Backlog backlog;

    EngineSocket(LoopState state, String id, HostRequest request, int protocol, Permit permit) {
        this.state = state;
        this.id = id;
        this.request = request;
        this.protocol = (byte) protocol;
        this.permit = permit;
        this.transport = NoTransport.INSTANCE;
    }

    /** The session id: a secret of this client; not the id of a Socket.IO socket. */
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

    /** The peer's address without port. */
    public String remoteAddress() {
        return request.remoteAddress();
    }

    /** The current transport: {@code polling} or {@code websocket}. */
    public String transport() {
        return transport.name();
    }

    /** The current state. */
    public ReadyState readyState() {
        return readyState;
    }

    /** The loop that this session lives on. */
    public EngineLoop loop() {
        return state.loop;
    }

    /** Sets the owner; in the connection callback, once. */
    public void listen(EngineSocketListener listener) {
        this.listener = listener;
    }

    /** Adds an observer of this session's events. */
    public void observe(EngineSocketListener.Observer observer) {
        run(() -> {
            if (observers == null) {
                observers = new Observers();
            }
            observers.add(observer);
        });
    }

    /**
     * Queues messages as one unit: nothing else comes between them. Ignored when the session is closing or closed.
     *
     * @param messages one or more; the list is not changed afterwards
     * @param compress whether the transport may compress them
     * @param sent called on the loop once the messages were handed to the operating system; never when the session ends
     *     before; {@code null} for none
     */
    public void send(List<Message> messages, boolean compress, @Nullable Runnable sent) {
        long size = Unit.size(messages);
        if (reserve(size)) {
            hop(new Unit(messages, compress, size, sent));
        }
    }

    /**
     * Queues messages as one unit if the session is {@linkplain #writable() writable}, else drops them.
     *
     * @return whether they were queued
     */
    public boolean sendVolatile(List<Message> messages, boolean compress) {
        long size = Unit.size(messages);
        if (!reserveWhenIdle(size)) {
            return false;
        }
        hop(new Unit(messages, compress, size, null));
        return true;
    }

    /** Counts bytes that are about to be queued; false when they must not be. */
    boolean reserve(long size) {
        if (readyState == ReadyState.CLOSED) {
            return false;
        }
        long waiting = BUFFERED.addAndGet(this, size);
        if (waiting > options().maxOutboundBytes() && waiting > size) {
            BUFFERED.addAndGet(this, -size);
            overflow();
            return false;
        }
        return true;
    }

    boolean reserveWhenIdle(long size) {
        return transportReady() && BUFFERED.compareAndSet(this, 0, size);
    }

    private void hop(Unit unit) {
        if (state.loop.inLoop()) {
            acceptInOrder(unit);
        } else {
            state.loop.execute(() -> accept(unit));
        }
    }

    /** Takes messages that were counted, on the loop; after those that other threads have sent before. */
    void acceptInOrder(Unit unit) {
        if (buffered - unit.size() == handed + queued) {
            accept(unit);
        } else {
            state.loop.execute(() -> accept(unit)); // something is on its way to the loop and must not be overtaken
        }
    }

    private boolean transportReady() {
        return readyState == ReadyState.OPEN && transport.writable();
    }

    private void overflow() {
        run(() -> end(
                CloseReason.OUTBOUND_OVERFLOW,
                "more than " + options().maxOutboundBytes() + " bytes (maxOutboundBytes) waited for the client"));
    }

    /** Takes messages that were counted; on the loop. */
    void accept(Unit unit) {
        assert state.loop.inLoop();
        if (readyState != ReadyState.OPEN) {
            BUFFERED.addAndGet(this, -unit.size());
            return;
        }
        if (observers != null) {
            for (EnginePacket packet : unit.packets()) {
                observers.notify(observer -> observer.onPacketCreate(packet));
            }
        }
        if (queue == null && transport.writable() && observers == null) {
            hand(unit);
        } else {
            if (queue == null) {
                queue = new ArrayDeque<>(4);
            }
            queue.add(unit);
            queued += unit.size();
            flush();
        }
    }

    @SuppressWarnings("unchecked")
    private void hand(Unit unit) {
        handed += unit.size();
        if (unit.sent() != null) {
            awaitDrain(unit.sent());
        }
        Backlog busy = backlog;
        long before = busy == null ? 0 : transport.pendingBytes();
        transport.send((List<EnginePacket>) unit.packets(), unit.compress());
        long left = transport.pendingBytes();
        if (left == 0) {
            onTransportDrained();
        } else if (busy != null) {
            forget(busy.written(left - before, left, handed));
        } else if (handed > options().maxOutboundBytes() / 4) {
            backlog = new Backlog(handed);
        }
    }

    private void forget(long written) {
        if (written != 0) {
            BUFFERED.addAndGet(this, -written);
            handed -= written;
        }
    }

    private void awaitDrain(Runnable action) {
        if (awaitingDrain == null) {
            awaitingDrain = new ArrayList<>(2);
        }
        awaitingDrain.add(action);
    }

    /** Hands what is queued to the transport, together. */
    void flush() {
        ArrayDeque<Unit> waiting = queue;
        if (waiting == null || readyState == ReadyState.CLOSED || !transport.writable()) {
            return;
        }
        queue = null;
        queued = 0;
        List<EnginePacket> packets = new ArrayList<>();
        boolean compress = false;
        long size = 0;
        for (Unit unit : waiting) {
            packets.addAll(unit.packets());
            compress |= unit.compress();
            size += unit.size();
            if (unit.sent() != null) {
                awaitDrain(unit.sent());
            }
        }
        notifyObservers(observer -> observer.onFlush(packets.size()));
        hand(new Unit(packets, compress, size, null));
        notifyObservers(EngineSocketListener.Observer::onDrain);
    }

    /** The transport has given everything to the operating system. */
    void onTransportDrained() {
        backlog = null;
        forget(handed);
        List<Runnable> actions = awaitingDrain;
        if (actions != null) {
            awaitingDrain = null;
            for (Runnable action : actions) {
                Hooks.guard("sent", action);
            }
        }
    }

    /** Runs an action on the loop, once, when nothing is queued any more: at once if so now; never when the session ends before. */
    public void whenDrained(Runnable action) {
        run(() -> {
            if (buffered == 0) {
                Hooks.guard("drained", action);
            } else if (readyState != ReadyState.CLOSED) {
                awaitDrain(() -> whenDrained(action));
            }
        });
    }

    /**
     * Whether a packet sent now would go out at once: open, the transport ready (for polling: a poll is waiting) and nothing
     * queued, neither here nor at the host.
     */
    public boolean writable() {
        return buffered == 0 && transportReady();
    }

    /** Bytes queued for the peer that the operating system has not taken yet; each message counts for at least 64. */
    public long bufferedBytes() {
        return buffered;
    }

    /**
     * Stops or resumes reading from the peer. While paused, a WebSocket is not read and the answer to a POST is held back;
     * heartbeats already due still count, so a pause is kept short of the ping timeout by the engine: while it lasts the
     * ping timeout does not close the session.
     */
    public void pauseReading(boolean pause) {
        run(() -> {
            if (paused != pause && readyState != ReadyState.CLOSED) {
                paused = pause;
                transport.pauseReading(pause);
            }
        });
    }

    /** Closes the session after what is queued was written. The reason becomes {@link CloseReason#FORCED_CLOSE}. */
    public void close() {
        run(() -> close(false));
    }

    /** Closes the session at once with a reason; what is queued is dropped. */
    public void closeNow(CloseReason reason, @Nullable Object description) {
        run(() -> end(reason, description));
    }

    /** Runs on the loop, at once when there. */
    void run(Runnable action) {
        if (state.loop.inLoop()) {
            action.run();
        } else {
            state.loop.execute(action);
        }
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

    /** The first transport is there: sends the handshake and starts the heartbeat. */
    void open(Transport first) {
        transport = first;
        readyState = ReadyState.OPEN;
        List<EnginePacket> packets = new ArrayList<>(2);
        packets.add(new Open(OpenData.of(this)));
        if (options().initialPacket() != null) {
            packets.add(options().initialPacket());
        }
        accept(new Unit(packets, true, 0, null));
        if (readyState == ReadyState.OPEN) {
            state.startHeartbeat(this);
        }
    }

    boolean isPaused() {
        return paused;
    }

    void onTextMessage(byte[] buffer, int offset, int length) {
        if (readyState == ReadyState.OPEN) {
            if (observers != null) {
                byte[] copy = Arrays.copyOfRange(buffer, offset, offset + length);
                notifyObservers(observer -> observer.onPacket(Message.text(copy)));
            }
            listener.onText(buffer, offset, length);
        }
    }

    void onBinaryMessage(byte[] data) {
        if (readyState == ReadyState.OPEN) {
            notifyObservers(observer -> observer.onPacket(Message.binary(data)));
            listener.onBinary(data);
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
                notifyObservers(EngineSocketListener.Observer::onHeartbeat);
            }
        } else if (packet instanceof EnginePacket.Close) {
            end(CloseReason.TRANSPORT_CLOSE, null);
        }
    }

    /** A WebSocket asks to take over. */
    void probe(WebSocketTransport by) {
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

    void upgradeTo(WebSocketTransport better) {
        Transport old = transport;
        upgraded = true;
        transport = better;
        better.carry(this);
        old.close(true, NOTHING);
        if (paused) {
            better.pauseReading(true);
        }
        notifyObservers(observer -> observer.onUpgrade(better.name()));
        flush();
        if (readyState == ReadyState.CLOSING) {
            better.close(false, () -> end(CloseReason.FORCED_CLOSE, null));
        }
    }

    /** Closes orderly; at once and without what is queued when {@code discard}. */
    void close(boolean discard) {
        if (discard ? readyState == ReadyState.CLOSED : readyState != ReadyState.OPEN) {
            return;
        }
        readyState = ReadyState.CLOSING;
        if (queue != null && !discard) {
            awaitDrain(() -> closeTransport(false));
        } else {
            closeTransport(discard);
        }
    }

    private void closeTransport(boolean discard) {
        transport.close(discard, () -> end(CloseReason.FORCED_CLOSE, null));
    }

    /** The one way to the end. Idempotent. */
    void end(CloseReason reason, @Nullable Object description) {
        assert state.loop.inLoop();
        if (readyState == ReadyState.CLOSED) {
            return;
        }
        readyState = ReadyState.CLOSED;
        stopWaiting();
        if (candidate != null) {
            candidate.fail();
        }
        if (reason == CloseReason.OUTBOUND_OVERFLOW) {
            transport.abort();
        } else {
            transport.close(true, NOTHING);
        }
        awaitingDrain = null;
        permit.release();
        state.server.remove(this, state);
        if (reason != CloseReason.FORCED_CLOSE && description != null) {
            state.server.log().log("session of " + remoteAddress() + " ended, " + reason.text(), description);
        }
        Hooks.guard("close", () -> listener.onClose(reason, description));
        notifyObservers(observer -> observer.onClose(reason, description));
        forgetQueued();
    }

    private void forgetQueued() {
        ArrayDeque<Unit> waiting = queue;
        if (waiting != null) {
            queue = null;
            handed += queued;
            queued = 0;
        }
        forget(handed);
    }

    private void notifyObservers(Consumer<EngineSocketListener.Observer> event) {
        if (observers != null) {
            observers.notify(event);
        }
    }
}
