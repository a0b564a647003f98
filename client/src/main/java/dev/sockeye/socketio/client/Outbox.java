package dev.sockeye.socketio.client;

import dev.sockeye.socketio.PacketTooLargeException;
import dev.sockeye.socketio.SendBufferFullException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.engine.Engine;
import dev.sockeye.socketio.client.engine.TransportFailures;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing events of a socket: those that wait to be sent, within bounds, and those that wait for an answer. Used on the loop
 * only, unless a method documents otherwise.
 */
final class Outbox {
    /** The reason of a failure that further tries cannot change. */
    static final String UNENCODABLE = "the event cannot be encoded";

    private final SocketCore core;
    private final Manager manager;
    private final Connection connection;
    private final String namespace;
    private final ClientOptions options;
    private final SocketListeners listeners;
    private final boolean base64OverWebSocket;
    private final RetryQueue queue;
    private final PendingAcks acks;
    private final ArrayDeque<Emission> buffer = new ArrayDeque<>();
    private @Nullable SocketIoException closed;

    // any thread
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger unsent = new AtomicInteger();
    private final AtomicLong unsentBytes = new AtomicLong();
    /** New events that were dropped and not reported yet. */
    private final AtomicInteger dropped = new AtomicInteger();

    Outbox(SocketCore core, Manager manager, String namespace, ClientOptions options, SocketListeners listeners) {
        this.core = core;
        this.manager = manager;
        this.connection = manager.connection();
        this.namespace = namespace;
        this.options = options;
        this.listeners = listeners;
        this.base64OverWebSocket = options.engineOptions().forceBase64(TransportName.WEBSOCKET);
        this.queue = new RetryQueue(core, this, options.retries());
        this.acks = new PendingAcks(manager.loop(), connection::relist);
    }

    int bufferSize() {
        return buffer.size();
    }

    /** The number of events that wait to be sent. Any thread. */
    int unsent() {
        return unsent.get();
    }

    /** The events that wait to be sent, oldest first. */
    List<BufferedEvent> buffered() {
        List<BufferedEvent> events = new ArrayList<>();
        for (Emission emission : buffer) {
            events.add(new BufferedEvent(emission.event(), emission.args(), emission.id() >= 0));
        }
        queue.addTo(events);
        return List.copyOf(events);
    }

    /** Whether no event waits to be sent or for an answer. */
    boolean isEmpty() {
        return buffer.isEmpty() && queue.size() == 0 && acks.size() == 0 && unsent.get() == 0 && unsentBytes.get() == 0;
    }

    /** Whether the application waits for an answer. */
    boolean isAwaited() {
        return acks.size() > 0 || queue.isAwaited();
    }

    /** Checks and encodes an event, and passes it to the loop. Any thread. */
    void emit(Emission.Flags flags, String event, Arguments args, Emission.@Nullable Answer answer) {
        if (manager.client().isClosed()) {
            throw new IllegalStateException("the client is closed");
        }
        SendBufferFullException full = full();
        if (full != null) {
            if (options.sendBufferPolicy() == SendBufferPolicy.FAIL) {
                throw full;
            }
            if (answer != null) {
                answer.done(full, Arguments.none());
            } else if (options.sendBufferPolicy() == SendBufferPolicy.DROP_OLDEST) {
                reportDropped(full);
            }
            return;
        }
        boolean again = options.retries() > 0 && !flags.isVolatile();
        long ackId = answer == null ? SocketPacket.NO_ID : again ? 0 : ids.getAndIncrement();
        Emission emission = encode(event, args, ackId, flags.compress());
        PacketTooLargeException tooLarge = tooLarge(emission.packet());
        if (tooLarge != null) {
            throw tooLarge;
        }
        if (answer != null && !again) {
            answer.numbered(ackId);
        }
        Arguments wire = again ? snapshot(emission) : args;
        unsent.incrementAndGet();
        unsentBytes.addAndGet(emission.size());
        manager.run(new LoopInbox.Command() {
            @Override
            public void run() {
                SocketIoException error = closed;
                if (error != null) {
                    refuse(emission, answer, error);
                } else if (again) {
                    makeRoom();
                    queue.add(emission, wire, flags, answer);
                } else {
                    send(emission, flags, answer);
                }
            }

            @Override
            public void refused() {
                refuse(emission, answer, new SocketDisconnectedException(SocketCore.CLOSED));
            }
        });
    }

    /** A new event was dropped, although old ones are to be dropped. One report may wait, and counts the others. Any thread. */
    private void reportDropped(SendBufferFullException reason) {
        if (dropped.getAndIncrement() == 0) {
            listeners.callback(() -> {
                int events = dropped.getAndSet(0);
                listeners.failed(
                        "",
                        events == 1
                                ? reason
                                : new SendBufferFullException(
                                        reason.getMessage() + "; " + events + " new events were dropped"));
            });
        }
    }

    private void refuse(Emission emission, Emission.@Nullable Answer answer, SocketIoException error) {
        settled(emission);
        if (answer != null) {
            answer.done(error, Arguments.none());
        } else {
            listeners.error(error);
        }
    }

    /** The reason why no further event may wait; {@code null} if one may. Any thread. */
    private @Nullable SendBufferFullException full() {
        Engine engine = connection.engine();
        long onWire = engine == null ? 0 : engine.outboundBytes();
        boolean dropsOldest = options.sendBufferPolicy() == SendBufferPolicy.DROP_OLDEST;
        if (onWire > options.maxOutboundBytes()) {
            return new SendBufferFullException(
                    "more than " + options.maxOutboundBytes() + " bytes wait for the network");
        }
        // the oldest ones are dropped on the loop; events that are on their way to a loop that is behind count, too
        int factor = dropsOldest ? 2 : 1;
        if (unsent.get() / factor >= options.sendBufferSize()) {
            return new SendBufferFullException("more than " + options.sendBufferSize() + " events wait to be sent");
        }
        if ((onWire + unsentBytes.get()) / factor > options.maxOutboundBytes()) {
            return new SendBufferFullException("more than " + options.maxOutboundBytes() + " bytes wait to be sent");
        }
        return null;
    }

    /** The arguments of an encoded event, independent of the application's objects. Any thread. */
    private Arguments snapshot(Emission emission) {
        EncodedPacket packet = emission.packet();
        Parser.Decoder decoder = options.parser().newDecoder();
        try {
            byte[] head = packet.head();
            SocketPacket read = packet.binaryHead() ? decoder.binary(head) : decoder.text(head, 0, head.length);
            for (byte[] attachment : packet.attachments()) {
                read = decoder.binary(attachment.clone()); // the application may reuse its array
            }
            return read instanceof SocketPacket.Event event ? event.args() : emission.args();
        } catch (DecodeException e) { // more attachments than may be received
            return emission.args();
        }
    }

    /** Sends an event of the retry queue, with an id of its own. */
    void sendNow(Emission event, Arguments wire, Emission.Flags flags, Emission.Answer answer) {
        long ackId = ids.getAndIncrement();
        EncodedPacket packet;
        try {
            packet = options.parser().encode(new SocketPacket.Event(namespace, ackId, event.event(), wire));
        } catch (RuntimeException | Error e) { // of the application's objects
            answer.done(TransportFailures.of(UNENCODABLE, e), Arguments.none());
            return;
        }
        Emission emission = new Emission(event.event(), event.args(), ackId, packet, packet.size(), event.compress());
        answer.numbered(ackId);
        unsent.incrementAndGet();
        unsentBytes.addAndGet(emission.size());
        send(emission, flags, answer);
    }

    private Emission encode(String event, Arguments args, long ackId, boolean compress) {
        EncodedPacket packet = options.parser().encode(new SocketPacket.Event(namespace, ackId, event, args));
        return new Emission(event, args, ackId, packet, packet.size(), compress);
    }

    /** Encodes the answer to an event of the server. Any thread. */
    EncodedPacket encodeAck(long ackId, Arguments args) {
        EncodedPacket packet = options.parser().encode(new SocketPacket.Ack(namespace, ackId, args));
        PacketTooLargeException tooLarge = tooLarge(packet);
        if (tooLarge != null) {
            throw tooLarge;
        }
        Engine engine = connection.engine();
        if (engine != null && engine.outboundBytes() > options.maxOutboundBytes()) {
            throw new SendBufferFullException(
                    "more than " + options.maxOutboundBytes() + " bytes wait for the network; the answer was not sent");
        }
        return packet;
    }

    private @Nullable PacketTooLargeException tooLarge(EncodedPacket packet) {
        Engine engine = connection.engine();
        long max = engine == null ? 0 : engine.maxPayload();
        if (engine == null || max <= 0) {
            return null;
        }
        boolean base64 = engine.transportName() == TransportName.POLLING || base64OverWebSocket;
        long largest = wireSize(packet.head().length, packet.binaryHead(), base64);
        for (byte[] attachment : packet.attachments()) {
            largest = Math.max(largest, wireSize(attachment.length, true, base64));
        }
        return largest > max ? new PacketTooLargeException(largest, max) : null;
    }

    private static long wireSize(long length, boolean binary, boolean base64) {
        return !binary ? length + 1 : base64 ? 1 + (length + 2) / 3 * 4 : length;
    }

    private void send(Emission emission, Emission.Flags flags, Emission.@Nullable Answer answer) {
        Engine engine = connection.engine();
        boolean usable = core.connected && engine != null && !engine.hasPingExpired();
        if (flags.isVolatile() && (!usable || engine == null || !engine.writable())) {
            settled(emission);
            if (answer != null) {
                answer.done(new SocketDisconnectedException("volatile event was discarded"), Arguments.none());
            }
            return;
        }
        if (answer != null) {
            register(emission.id(), flags, answer);
        }
        if (usable) {
            transmit(emission);
        } else {
            makeRoom();
            buffer.add(emission);
        }
    }

    private void register(long ackId, Emission.Flags flags, Emission.Answer answer) {
        long millis = flags.timeoutMillis();
        if (millis < 0 && options.ackTimeout() != null) {
            millis = Millis.of(options.ackTimeout());
        }
        acks.add(ackId, answer, millis, () -> unbuffer(ackId));
    }

    private void unbuffer(long ackId) {
        buffer.removeIf(emission -> {
            boolean found = emission.id() == ackId;
            if (found) {
                settled(emission);
            }
            return found;
        });
    }

    private void transmit(Emission emission) {
        settled(emission);
        PacketTooLargeException error = tooLarge(emission.packet());
        if (error != null) {
            giveUp(emission, error);
            return;
        }
        listeners.outgoing(emission);
        connection.write(emission.packet(), emission.compress());
    }

    /** An event no longer waits. */
    void settled(Emission emission) {
        unsent.decrementAndGet();
        unsentBytes.addAndGet(-emission.size());
    }

    private void makeRoom() {
        while (options.sendBufferPolicy() == SendBufferPolicy.DROP_OLDEST
                && (unsent.get() > options.sendBufferSize() || unsentBytes.get() > options.maxOutboundBytes())) {
            SendBufferFullException reason = new SendBufferFullException("dropped for newer events");
            Emission oldest = buffer.poll();
            if (oldest != null) {
                settled(oldest);
                giveUp(oldest, reason);
            } else if (!queue.dropOldest(reason)) {
                return;
            }
        }
    }

    private void giveUp(Emission emission, SocketIoException reason) {
        if (emission.id() < 0 || !acks.fail(emission.id(), reason)) {
            listeners.error(reason);
        }
    }

    /** The socket is connected: sends the events that waited. */
    void connected() {
        long queued = queue.sentId();
        boolean sent = false;
        while (core.connected && !buffer.isEmpty()) { // sending may end the connection
            Emission emission = buffer.remove();
            sent |= emission.id() >= 0 && emission.id() == queued;
            transmit(emission);
        }
        if (!sent) { // otherwise the first event of the queue would be sent twice
            queue.drain(true);
        }
    }

    void answered(long ackId, Arguments args, int size) {
        acks.answered(ackId, args, size);
    }

    /** The connection was lost: events that were sent get no answer. Those that still wait are sent later. */
    void disconnected() {
        acks.failAll(new SocketDisconnectedException("socket has been disconnected"), buffer);
    }

    /** Drops the events that were not sent yet; their acknowledgements fail. */
    void clear() {
        SocketIoException reason = new SocketDisconnectedException("the send buffer was cleared");
        List<Emission> dropped = new ArrayList<>(buffer);
        buffer.clear();
        for (Emission emission : dropped) {
            settled(emission);
            acks.fail(emission.id(), reason);
        }
        queue.clear(reason);
    }

    /** The application no longer waits for an answer: the entry is removed, and an event that still waits is not sent. */
    void abandon(Emission.Answer answer, long ackId) {
        if (options.retries() > 0 && queue.abandon(answer)) {
            return;
        }
        if (acks.forget(ackId)) {
            unbuffer(ackId);
        }
    }

    /** As {@link #abandon}, for an event of the retry queue that was sent. */
    void forget(long ackId) {
        acks.forget(ackId);
        unbuffer(ackId);
    }

    /** The client is closed: events that wait are neither sent nor answered. */
    void close(SocketIoException reason) {
        closed = reason;
        queue.failAll(reason);
        List<Emission> dropped = new ArrayList<>(buffer);
        buffer.clear();
        dropped.forEach(this::settled);
        acks.failAll(reason, List.of());
    }
}
