package dev.sockeye.engineio;

import dev.sockeye.engineio.EngineSocket.ReadyState;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The outbound queue of a session: counts messages, queues them while the transport is busy, and passes them on
 * together. A part of {@link EngineSocket}.
 */
abstract class SessionOutput extends DeadlineQueue.Node {
    private static final AtomicLongFieldUpdater<SessionOutput> BUFFERED =
            AtomicLongFieldUpdater.newUpdater(SessionOutput.class, "buffered");
    /** A transport with more than this to write gets no more droppable units, or units queued after them. */
    private static final long ENOUGH = 16 * 1024;

    final LoopHeartbeats state;
    volatile ReadyState readyState = ReadyState.OPENING;
    volatile Transport transport = NoTransport.INSTANCE;

    @Nullable
    Observers observers;
    /** The units that the transport could not take yet. */
    private @Nullable OutboundQueue queue;
    /** The actions that wait until the transport has written everything. */
    private @Nullable List<Runnable> awaitingDrain;
    /** The accepted bytes that were not passed to the operating system yet, including the type byte of each message. */
    private volatile long buffered;
    /** The part of {@link #buffered} that is in the transport; loop-confined. */
    private long handed;
    /** The part of {@link #buffered} that is in {@link #queue}; loop-confined. */
    private long queued;
    /** Set while the transport has many bytes and has not become idle. */
    private @Nullable DrainEstimate backlog;

    SessionOutput(LoopHeartbeats state) {
        this.state = state;
    }

    /** The limit is exceeded; any thread. */
    abstract void overflow();

    abstract void closeNow(CloseReason reason, @Nullable Object description);

    /** Runs a task on the loop, immediately if called on the loop; drops it if the loop has ended, and the session with it. */
    final void run(Runnable action) {
        var unused = tryRun(action);
    }

    /** As {@link #run}; returns false if the loop has ended. */
    final boolean tryRun(Runnable action) {
        if (state.loop.inLoop()) {
            action.run();
            return true;
        }
        try {
            state.loop.execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** The number of queued bytes; any thread. */
    final long buffered() {
        return buffered;
    }

    /** Whether there are batches that were not passed to the transport yet. */
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

    /** Counts bytes that are about to be queued; false if they must not be queued. */
    final boolean reserve(PacketBatch unit) {
        if (readyState == ReadyState.CLOSED) {
            return false;
        }
        boolean within = reserveWithin(unit);
        if (!within) {
            refuse(unit);
        }
        return within;
    }

    /** There is no room for a unit. Any thread. */
    final void refuse(PacketBatch unit) {
        if (state.dropsOldest && unit.retention().droppable()) {
            state.server.listeners.dropped(this, false); // the loop itself is behind
        } else {
            overflow();
        }
    }

    /** Counts bytes that are about to be queued; false if there would be too many. Does not end the session and calls no listener. */
    final boolean reserveWithin(PacketBatch unit) {
        long size = unit.size();
        long waiting = count(size);
        long max = state.server.options().maxOutboundBytes();
        if (waiting > max && waiting > size && (!mayMakeRoom(unit) || waiting / 2 > max)) {
            count(-size);
            return false;
        }
        return true;
    }

    /** Whether there may be room for a unit on the loop, where older ones can be dropped. */
    private boolean mayMakeRoom(PacketBatch unit) {
        return state.dropsOldest || unit.retention().key() != null;
    }

    /** As {@link #reserve}, if nothing is queued and the transport is ready. */
    final boolean reserveWhenIdle(long size) {
        if (!transportReady() || state.server.sendsTooMuch()) {
            return false;
        }
        if (BUFFERED.compareAndSet(this, 0, size)) {
            if (OutboundTotal.moved(0, size)) {
                state.moveOutbound(0, size);
            }
            return true;
        }
        // another thread may see an older state, which costs or saves a volatile message at most
        if (queue == null && buffered == handed && transport.isFlushPending()) {
            count(size);
            return true;
        }
        return false;
    }

    final boolean transportReady() {
        return readyState == ReadyState.OPEN && transport.writable();
    }

    /**
     * Writes messages to the socket on this thread if nothing is queued and no observer wants them; returns false if they were not
     * taken. Any thread; on the loop always false.
     */
    final boolean writeDirect(List<Message> messages, boolean compress, Retention retention) {
        long size = PacketBatch.size(messages);
        Transport current = transport;
        if (state.loop.inLoop()
                || readyState != ReadyState.OPEN
                || observers != null
                || !BUFFERED.compareAndSet(this, 0, size)) {
            return false;
        }
        // counted first: everything sent from now on waits for the loop, and cannot overtake
        if (OutboundTotal.moved(0, size)) {
            state.moveOutbound(0, size);
        }
        MessageConnection.DirectWrite writing;
        try {
            writing = current.startDirect(size, messages.size(), compress);
        } catch (RuntimeException | Error e) { // no memory for a buffer, for example
            count(-size);
            throw e;
        }
        if (writing == null) {
            hop(new PacketBatch(messages, compress, size, null, retention));
            return true;
        }
        boolean written;
        try {
            for (int i = 0; i < messages.size(); i++) {
                Message message = messages.get(i);
                writing.add(message.isBinary(), message.isBinary() ? MessageConnection.NO_PREFIX : '4', message.data());
            }
            written = writing.finish();
        } catch (RuntimeException | Error e) { // a stack overflow of the handler, for example
            writing.fail();
            closeNow(CloseReason.TRANSPORT_ERROR, e);
            count(-size);
            throw e;
        }
        if (written) {
            count(-size);
        } else {
            try {
                state.loop.execute(() -> directLeft(current, size));
            } catch (RejectedExecutionException e) { // the loop has ended, and the session with it
                count(-size);
            }
        }
        state.server.listeners.sent(this, messages);
        return true;
    }

    /** A direct write has left something in the transport; on the loop. */
    private void directLeft(Transport writer, long size) {
        if (readyState == ReadyState.CLOSED) {
            count(-size);
            return;
        }
        handed += size;
        writer.queueRemaining();
        if (transport.pendingBytes() == 0) {
            onTransportDrained();
        }
    }

    /** Passes counted messages to the loop. */
    final void hop(PacketBatch unit) {
        if (state.loop.inLoop()) {
            acceptInOrder(unit);
            return;
        }
        try {
            state.loop.execute(() -> accept(unit));
        } catch (RejectedExecutionException e) {
            loopEnded(unit);
        }
    }

    /** The loop has ended, and the session with it, after the messages were counted. */
    final void loopEnded(PacketBatch unit) {
        count(-unit.size());
    }

    /** Queues counted messages, on the loop, after those that other threads have sent before. */
    final void acceptInOrder(PacketBatch unit) {
        if (isNext(unit)) {
            accept(unit);
        } else {
            state.loop.execute(() -> accept(unit)); // messages on their way to the loop must not be overtaken
        }
    }

    /** Counts and queues messages, and runs an action in between: what is sent because of it waits for the loop, behind them. */
    final void sendBefore(Runnable action, PacketBatch unit) {
        if (!reserve(unit)) {
            action.run();
        } else if (state.loop.inLoop() && isNext(unit)) {
            action.run();
            accept(unit);
        } else {
            try {
                state.loop.execute(() -> {
                    action.run();
                    accept(unit);
                });
            } catch (RejectedExecutionException e) {
                loopEnded(unit);
                throw e;
            }
            action.run();
        }
    }

    /** Whether all messages that were counted before have reached the loop; on the loop. */
    final boolean isNext(PacketBatch unit) {
        return buffered - unit.size() == handed + queued;
    }

    /** Something is counted: runs an action once the transport has written it; on the loop. */
    final void awaitQueued(Runnable action) {
        if (handed + queued == 0) {
            state.loop.execute(action); // it is on its way to the loop, or another thread writes it
        } else {
            awaitDrain(action);
        }
    }

    /** Queues counted messages; on the loop. */
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
        if (queue == null && transport.writable() && observers == null && !isHeldBack(unit)) {
            hand(unit);
        } else {
            enqueue(unit);
            flush();
        }
        if (mayMakeRoom(unit)) {
            makeRoom();
        }
    }

    /** Protocol 3: answers a ping. Answers that wait for a client that does not read are counted; on the loop. */
    final void acceptPong() {
        if (queue == null && transport.pendingBytes() == 0) {
            accept(PacketBatch.control(new Pong("")));
        } else {
            PacketBatch counted =
                    new PacketBatch(List.of(new Pong("")), false, PacketBatch.LEAST, null, Retention.KEEP);
            if (reserve(counted)) {
                acceptInOrder(counted);
            }
        }
    }

    /** Whether a unit waits here, where it can be dropped, because the transport has enough data to write. */
    private boolean isHeldBack(PacketBatch unit) {
        return mayMakeRoom(unit) && transport.pendingBytes() > ENOUGH;
    }

    private void enqueue(PacketBatch unit) {
        OutboundQueue waiting = queue;
        if (waiting == null) {
            waiting = new OutboundQueue(state.dropsOldest);
            queue = waiting;
        }
        PacketBatch replaced = waiting.add(unit);
        queued += unit.size();
        if (replaced != null) {
            dropped(replaced, true);
        }
    }

    private void dropped(PacketBatch unit, boolean replaced) {
        queued -= unit.size();
        count(-unit.size());
        state.server.listeners.dropped(this, replaced);
    }

    /** Drops droppable units while the limit is exceeded; if that is not enough, the buffer overflows. */
    private void makeRoom() {
        long max = state.server.options().maxOutboundBytes();
        while (buffered > max && queue != null) {
            PacketBatch oldest = queue.dropOldest();
            if (oldest == null) {
                if (buffered > max && handed + queued > max) {
                    overflow();
                }
                return;
            }
            dropped(oldest, false);
            if (queue.isEmpty()) {
                queue = null;
            }
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
        try {
            transport.send((List<EnginePacket>) unit.packets(), unit.compress());
        } catch (RuntimeException | Error e) {
            // no memory for a frame, for example: the other receivers of a broadcast must get it
            closeNow(CloseReason.TRANSPORT_ERROR, e);
            return;
        }
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

    /** Passes queued units to the transport: all of them to a poll, otherwise as much as it writes at a time. */
    final void flush() {
        while (queue != null && readyState != ReadyState.CLOSED && transport.writable()) {
            long left = transport.pendingBytes();
            if (left > ENOUGH) {
                if (backlog != null) {
                    forget(backlog.written(0, left, handed));
                }
                return;
            }
            List<Runnable> sent = new ArrayList<>(0);
            PacketBatch unit = queue.take(transport.mostAtOnce(), sent);
            queued -= unit.size();
            if (queue.isEmpty()) {
                queue = null;
            }
            sent.forEach(this::awaitDrain);
            notifyObservers(observer -> observer.onFlush(unit.packets().size()));
            hand(unit);
            notifyObservers(EngineSocketListener.Observer::onDrain);
        }
    }

    /** The transport has passed everything to the operating system. */
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

    /** Drops all queued batches, and the actions that wait for them. */
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
