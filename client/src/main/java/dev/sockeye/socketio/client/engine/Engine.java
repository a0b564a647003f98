package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.TransportName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One Engine.IO connection, from its handshake to its end. States: opening, open, closing (pending packets are still sent, an
 * upgrade ends first), closed. Used on the loop only.
 */
public final class Engine implements EngineTransport.Listener {
    public enum State {
        OPENING,
        OPEN,
        CLOSING,
        CLOSED
    }

    /** The shortest pause between two checks of a heartbeat that cannot be read, in milliseconds. */
    private static final long LEAST_PAUSE = 100;

    private final ClientLoop loop;
    private final ClientNetwork network;
    private final EngineOptions options;
    private final RequestTemplate template;
    private final EngineListener listener;
    private final List<TransportName> transports;
    private final ArrayDeque<EngineTransport.Outgoing> writeBuffer = new ArrayDeque<>();
    private final AtomicLong outboundBytes = new AtomicLong();
    private final Upgrades upgrades;

    private State state = State.OPENING;
    private @Nullable EngineTransport transport;
    private long inFlightBytes;
    private int corks;
    private boolean reading = true;

    private @Nullable String id;
    private long pingMillis;
    private volatile long maxPayload;
    private volatile TransportName current;
    private long pingDeadline = Long.MAX_VALUE;
    private long pingDeadlineMillis = Long.MAX_VALUE;
    private boolean pingExpired;
    /** Whether the answer to a ping is in the write buffer. */
    private boolean pongWaits;

    private ClientLoop.@Nullable Timer pingTimer;

    public Engine(
            ClientLoop loop,
            ClientNetwork network,
            EngineOptions options,
            RequestTemplate template,
            boolean websocketFirst,
            EngineListener listener) {
        this.loop = loop;
        this.network = network;
        this.options = options;
        this.template = template;
        this.listener = listener;
        this.transports = new ArrayList<>(options.transports());
        if (websocketFirst && transports.remove(TransportName.WEBSOCKET)) {
            transports.add(0, TransportName.WEBSOCKET);
        }
        this.current = transports.get(0);
        this.upgrades = new Upgrades(this, loop, options.upgradeTimeout().toMillis());
    }

    public void open() {
        EngineTransport opening = create(transports.get(0));
        use(opening);
        opening.open();
    }

    EngineTransport create(TransportName name) {
        return switch (name) {
            case POLLING -> new PollingTransport(network, template, options, this);
            case WEBSOCKET -> MessageTransport.webSocket(network, template, options, this);
            case WEBTRANSPORT -> MessageTransport.webTransport(network, template, this);
        };
    }

    private void use(EngineTransport next) {
        transport = next;
        current = next.name;
    }

    public State state() {
        return state;
    }

    public @Nullable String id() {
        return id;
    }

    /** The transport in use. Any thread. */
    public TransportName transportName() {
        return current;
    }

    /** The largest message that the server accepts, in bytes of the packet; 0 if unknown. Any thread. */
    public long maxPayload() {
        return maxPayload;
    }

    /** The bytes that wait for the network. Any thread. */
    public long outboundBytes() {
        return outboundBytes.get();
    }

    public int writeBufferSize() {
        return writeBuffer.size();
    }

    /** Whether a message would be sent immediately. */
    public boolean writable() {
        EngineTransport now = transport;
        return now != null && now.writable && writeBuffer.isEmpty() && !upgrades.moving();
    }

    public void reading(boolean on) {
        reading = on;
        if (transport != null) {
            transport.reading(on);
        }
        if (on && state == State.OPEN) {
            resetPing();
        }
    }

    public void write(EnginePacket.Message message, boolean compress) {
        write((EnginePacket) message, compress);
    }

    private void write(EnginePacket packet, boolean compress) {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        listener.onPacketCreate(packet, compress);
        long size = payloadSize(packet);
        writeBuffer.add(new EngineTransport.Outgoing(packet, compress, size));
        outboundBytes.addAndGet(size);
        flush();
    }

    /** The bytes of a packet in a payload. */
    private static long payloadSize(EnginePacket packet) {
        if (packet instanceof EnginePacket.Message message) {
            int length = message.data().length;
            return message.isBinary() ? 1 + (length + 2L) / 3 * 4 : 1L + length;
        }
        return 1L + EngineCodec.data(packet).length;
    }

    /** Delays writes until {@link #uncork()}, so that they are sent together. */
    public void cork() {
        corks++;
    }

    public void uncork() {
        corks--;
        flush();
    }

    private void flush() {
        EngineTransport now = transport;
        if (corks > 0
                || state == State.CLOSED
                || upgrades.moving()
                || writeBuffer.isEmpty()
                || now == null
                || !now.writable
                || now.state != EngineTransport.State.OPEN) {
            return;
        }
        boolean split = now.name == TransportName.POLLING && maxPayload > 0;
        List<EngineTransport.Outgoing> batch = new ArrayList<>(writeBuffer.size());
        long payload = 0;
        while (!writeBuffer.isEmpty()) {
            EngineTransport.Outgoing next = writeBuffer.element();
            long more = next.size() + (batch.isEmpty() ? 0 : 1);
            if (split && !batch.isEmpty() && payload + more > maxPayload) {
                break;
            }
            payload += more;
            pongWaits &= !(next.packet() instanceof EnginePacket.Pong);
            batch.add(writeBuffer.remove());
        }
        inFlightBytes = 0;
        for (EngineTransport.Outgoing outgoing : batch) {
            inFlightBytes += outgoing.size();
        }
        now.send(batch);
    }

    @Override
    public void onTransportDrain(EngineTransport from) {
        if (from != transport || state == State.CLOSED) {
            return;
        }
        outboundBytes.addAndGet(-inFlightBytes);
        inFlightBytes = 0;
        if (writeBuffer.isEmpty()) {
            closeWhenQuiet();
        } else {
            flush();
        }
    }

    @Override
    public void onTransportOpen(EngineTransport from) {
        Upgrades.Probe probe = upgrades.find(from);
        if (probe != null) {
            probe.opened();
        }
    }

    @Override
    public void onTransportPacket(EngineTransport from, EnginePacket packet) {
        Upgrades.Probe probe = upgrades.find(from);
        if (probe != null) {
            probe.received(packet);
            return;
        }
        if (from != transport || state == State.CLOSED) {
            return;
        }
        listener.onPacket(packet);
        if (packet instanceof EnginePacket.Message message) {
            if (state != State.OPENING) {
                listener.onMessage(message);
            }
        } else if (packet instanceof EnginePacket.Ping) {
            resetPing();
            if (!pongWaits) { // one answers all pings received in the meantime, so that a flood of pings fills no
                // memory
                pongWaits = true;
                write(new EnginePacket.Pong(""), true);
            }
            listener.onPing();
        } else if (packet instanceof EnginePacket.Open open && state == State.OPENING) {
            handshake(open.data());
        } else if (packet instanceof EnginePacket.Close) {
            end(CloseReason.TRANSPORT_CLOSE, DisconnectDetails.of("transport closed by the server"));
        }
    }

    /** Simulates the arrival of a packet over the transport in use. */
    public void receivedForTests(EnginePacket packet) {
        if (transport != null) {
            onTransportPacket(transport, packet);
        }
    }

    /** Simulates a failure of the transport that is probed for an upgrade. */
    public void failProbeForTests(TransportException error) {
        upgrades.failForTests(error);
    }

    /** Simulates an overdue heartbeat whose timer has not run. */
    public void expirePingForTests() {
        pingDeadline = loop.nanoTime() - 1;
    }

    private void handshake(String json) {
        Handshake handshake;
        try {
            handshake = Handshake.parse(json);
        } catch (TransportException e) {
            failed(e);
            return;
        }
        id = handshake.sid();
        template.sid(handshake.sid());
        pingMillis = handshake.pingInterval() + handshake.pingTimeout();
        maxPayload = handshake.maxPayload();
        state = State.OPEN;
        resetPing();
        listener.onOpen();
        flush();
        if (state == State.OPEN && options.upgrade() && transport != null && transport.name == TransportName.POLLING) {
            upgrades.begin(offered(handshake.upgrades()));
        }
    }

    /** The transports that the server offers and this client uses, in the order of the server. */
    private List<TransportName> offered(List<String> names) {
        List<TransportName> known = new ArrayList<>();
        for (String name : names) {
            for (TransportName one : transports) {
                if (one != TransportName.POLLING && one.text().equals(name) && !known.contains(one)) {
                    known.add(one);
                }
            }
        }
        return known;
    }

    private void resetPing() {
        pingDeadline = loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pingMillis);
        pingDeadlineMillis = loop.wallTimeMillis() + pingMillis;
        if (pingTimer == null) {
            pingTimer = loop.schedule(this::checkPing, pingMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** The only timer of the heartbeat; a ping just moves the deadline. */
    private void checkPing() {
        pingTimer = null;
        if (state == State.CLOSED) {
            return;
        }
        long left = pingDeadline - loop.nanoTime();
        if (left <= 0 && seesPings()) {
            end(CloseReason.PING_TIMEOUT, DisconnectDetails.of("no ping within " + pingMillis + " ms"));
        } else {
            long pause = TimeUnit.MILLISECONDS.toNanos(Math.max(pingMillis, LEAST_PAUSE));
            pingTimer = loop.schedule(this::checkPing, left > 0 ? left : pause, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Whether a ping would have been received. Unread data of a WebSocket may contain one. A polling connection that is not read sends
     * no poll, or has one poll in progress whose response is read; and the server drops a client that does not answer its ping. A closing
     * connection does not wait for pings that it will not read.
     */
    private boolean seesPings() {
        return reading || state == State.CLOSING || (transport != null && transport.name == TransportName.POLLING);
    }

    /** Whether the server is silent for too long; then the connection ends in the next turn of the loop. */
    public boolean hasPingExpired() {
        if (pingExpired) {
            return true;
        }
        if (state != State.OPEN || !seesPings() || pingDeadline == Long.MAX_VALUE) {
            return false;
        }
        if (pingDeadline - loop.nanoTime() > 0 && loop.wallTimeMillis() <= pingDeadlineMillis) {
            return false;
        }
        pingExpired = true;
        loop.execute(() -> end(CloseReason.PING_TIMEOUT, DisconnectDetails.of("no ping in time")));
        return true;
    }

    @Override
    public void onTransportError(EngineTransport from, TransportException error) {
        Upgrades.Probe probe = upgrades.find(from);
        if (probe != null) {
            probe.fail(error);
        } else if (from == transport) {
            failed(error);
        }
    }

    private void failed(TransportException error) {
        if (state == State.OPENING && options.tryAllTransports() && transports.size() > 1) {
            if (transport != null) {
                transport.close();
            }
            transports.remove(0);
            open();
            return;
        }
        if (state != State.CLOSED) {
            listener.onError(error);
            end(CloseReason.TRANSPORT_ERROR, DisconnectDetails.of(error));
        }
    }

    @Override
    public void onTransportClose(EngineTransport from, DisconnectDetails details) {
        Upgrades.Probe probe = upgrades.find(from);
        if (probe != null) {
            probe.fail(new TransportException("probe error", details.description(), details.code(), null, null));
        } else if (from == transport) {
            end(CloseReason.TRANSPORT_CLOSE, details);
        }
    }

    /**
     * Sends pending packets, waits for an upgrade to end, then closes. A server that does not take the packets has as much time as for
     * a ping, also if the connection is not read any more.
     */
    public void close() {
        if (state == State.OPENING || state == State.OPEN) {
            if (!seesPings() && state == State.OPEN) {
                resetPing();
            }
            state = State.CLOSING;
            closeWhenQuiet();
        }
    }

    private void closeWhenQuiet() {
        if (state == State.CLOSING && writeBuffer.isEmpty() && inFlightBytes == 0 && !upgrades.moving()) {
            end(CloseReason.FORCED_CLOSE, DisconnectDetails.NONE);
        }
    }

    /** The only place where the connection ends. */
    public void end(CloseReason reason, DisconnectDetails details) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (pingTimer != null) {
            pingTimer.cancel();
            pingTimer = null;
        }
        upgrades.abandon();
        if (transport != null) {
            transport.close();
        }
        writeBuffer.clear();
        outboundBytes.set(0);
        inFlightBytes = 0;
        id = null;
        listener.onClose(reason, details);
    }

    // ---- upgrades

    /** Polling has ended: from now on everything is sent over the new transport. */
    void changeTransport(PollingTransport old, EngineTransport next) {
        outboundBytes.addAndGet(-inFlightBytes);
        inFlightBytes = 0;
        old.close();
        use(next);
        cork();
        next.send(List.of(new EngineTransport.Outgoing(new EnginePacket.Upgrade(), false, 1)));
        next.reading(reading);
        listener.onUpgrade(next.name);
        uncork();
        closeWhenQuiet();
    }

    /** A probe failed; polling continues. */
    void upgradeFailed(TransportException error, boolean paused) {
        listener.onUpgradeError(error);
        if (state == State.CLOSED) {
            return;
        }
        if (paused && transport instanceof PollingTransport polling) {
            polling.resume();
            outboundBytes.addAndGet(polling.writable ? -inFlightBytes : 0);
            inFlightBytes = polling.writable ? 0 : inFlightBytes;
        }
        closeWhenQuiet();
        flush();
    }

    /** The server accepted a probe; {@code paused} runs when no polling request is in progress. */
    void pausePolling(TransportName to, Consumer<PollingTransport> paused) {
        listener.onUpgrading(to);
        if (upgrades.moving() && transport instanceof PollingTransport polling) {
            polling.pause(() -> paused.accept(polling));
        }
    }
}
