package dev.sockeye.engineio;

import dev.sockeye.engineio.EngineSocket.ReadyState;
import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a session sends: counted, queued while the transport cannot take it, handed over together. A part of {@link EngineSocket}. */
abstract class SessionOutput extends DeadlineQueue.Node {
    private static final AtomicLongFieldUpdater<SessionOutput> BUFFERED =
            AtomicLongFieldUpdater.newUpdater(SessionOutput.class, "buffered");

    final LoopHeartbeats state;
    volatile ReadyState readyState = ReadyState.OPENING;
    volatile Transport transport = NoTransport.INSTANCE;

    @Nullable
    Observers observers;
    /** What the transport could not take yet. */
    private @Nullable ArrayDeque<PacketBatch> queue;
    /** Who waits for the transport to have written everything. */
    private @Nullable List<Runnable> awaitingDrain;
    /** Bytes accepted and not yet taken by the operating system, the type byte of each message included. */
    private volatile long buffered;
    /** The part of {@link #buffered} that the transport has; loop-confined. */
    private long handed;
    /** The part of {@link #buffered} that is in {@link #queue}; loop-confined. */
    private long queued;
    /** While the transport has much and is not yet without work. */
    private @Nullable DrainEstimate backlog;

    SessionOutput(LoopHeartbeats state) {
        this.state = state;
    }

    /** More waits than may wait; any thread. */
    abstract void overflow();

    /** Bytes that wait; any thread. */
    final long buffered() {
        return buffered;
    }

    /** Whether the transport could not take yet what was queued. */
    final boolean hasQueued() {
        return queue != null;
    }

    private long count(long change) {
        long now = BUFFERED.addAndGet(this, change);
        if (OutboundTotal.moved(now - change, now)) {
            state.moveOutbound(now - change, now);
        }
        return now;
    }

    /** Counts bytes that are about to be queued; false when they must not be. */
    final boolean reserve(long size) {
        if (readyState == ReadyState.CLOSED) {
            return false;
        }
        boolean within = reserveWithin(size);
        if (!within) {
            overflow();
        }
        return within;
    }

    /** Counts bytes that are about to be queued; false when there would be too many. Ends nothing and calls nobody. */
    final boolean reserveWithin(long size) {
        long waiting = count(size);
        if (waiting > state.server.options().maxOutboundBytes() && waiting > size) {
            count(-size);
            return false;
        }
        return true;
    }

    /** As {@link #reserve}, if nothing is queued and the transport is ready. */
    final boolean reserveWhenIdle(long size) {
        if (!transportReady() || state.server.sendsTooMuch() || !BUFFERED.compareAndSet(this, 0, size)) {
            return false;
        }
        if (OutboundTotal.moved(0, size)) {
            state.moveOutbound(0, size);
        }
        return true;
    }

    final boolean transportReady() {
        return readyState == ReadyState.OPEN && transport.writable();
    }

    /** Takes messages that were counted, on the loop; after those that other threads have sent before. */
    final void acceptInOrder(PacketBatch unit) {
        if (isNext(unit)) {
            accept(unit);
        } else {
            state.loop.execute(() -> accept(unit)); // something is on its way to the loop and must not be overtaken
        }
    }

    /** Whether nothing that was counted before is still on its way to the loop; on the loop. */
    final boolean isNext(PacketBatch unit) {
        return buffered - unit.size() == handed + queued;
    }

    /** Takes messages that were counted; on the loop. */
    final void accept(PacketBatch unit) {
        assert state.loop.inLoop();
        if (readyState != ReadyState.OPEN) {
            count(-unit.size());
            return;
        }
        state.server.listeners.sent(this, unit.packets());
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
    private void hand(PacketBatch unit) {
        handed += unit.size();
        if (unit.sent() != null) {
            awaitDrain(unit.sent());
        }
        DrainEstimate busy = backlog;
        long before = busy == null ? 0 : transport.pendingBytes();
        transport.send((List<EnginePacket>) unit.packets(), unit.compress());
        long left = transport.pendingBytes();
        if (left == 0) {
            onTransportDrained();
        } else if (busy != null) {
            forget(busy.written(left - before, left, handed));
        } else if (handed > state.server.options().maxOutboundBytes() / 4) {
            backlog = new DrainEstimate(handed);
        }
    }

    private void forget(long written) {
        if (written != 0) {
            count(-written);
            handed -= written;
        }
    }

    final void awaitDrain(Runnable action) {
        if (awaitingDrain == null) {
            awaitingDrain = new ArrayList<>(2);
        }
        awaitingDrain.add(action);
    }

    /** Hands what is queued to the transport, together. */
    final void flush() {
        ArrayDeque<PacketBatch> waiting = queue;
        if (waiting == null || readyState == ReadyState.CLOSED || !transport.writable()) {
            return;
        }
        queue = null;
        queued = 0;
        List<EnginePacket> packets = new ArrayList<>();
        boolean compress = false;
        long size = 0;
        for (PacketBatch unit : waiting) {
            packets.addAll(unit.packets());
            compress |= unit.compress();
            size += unit.size();
            if (unit.sent() != null) {
                awaitDrain(unit.sent());
            }
        }
        notifyObservers(observer -> observer.onFlush(packets.size()));
        hand(new PacketBatch(packets, compress, size, null));
        notifyObservers(EngineSocketListener.Observer::onDrain);
    }

    /** The transport has given everything to the operating system. */
    final void onTransportDrained() {
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

    /** Drops what is queued, and what waits for it to be written. */
    final void forgetQueued() {
        awaitingDrain = null;
        if (queue != null) {
            queue = null;
            handed += queued;
            queued = 0;
        }
        forget(handed);
    }

    final void notifyObservers(Consumer<EngineSocketListener.Observer> event) {
        if (observers != null) {
            observers.notify(event);
        }
    }
}
