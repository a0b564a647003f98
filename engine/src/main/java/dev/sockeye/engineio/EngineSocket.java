package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Engine.IO session, across its transports. Official counterpart: {@code Socket} of {@code engine.io}.
 *
 * <p>States: opening, open, closing (what is queued is still written), closed.
 *
 * <p>All public methods may be called from any thread and never block; what they do happens on {@link #loop()}, at once
 * when called there. Calls from one thread keep their order.
 */
public final class EngineSocket {

    /** The states of a session. */
    public enum ReadyState {
        OPENING,
        OPEN,
        CLOSING,
        CLOSED
    }

    private static UnsupportedOperationException todo() {
        return new UnsupportedOperationException();
    }

    /** The session id: a secret of this client; not the id of a Socket.IO socket. */
    public String id() {
        throw todo();
    }

    /** The protocol revision: 4, or 3 for Socket.IO 2.x clients. */
    public int protocol() {
        throw todo();
    }

    /** The first HTTP request of the session. */
    public HostRequest request() {
        throw todo();
    }

    /** The peer's address without port. */
    public String remoteAddress() {
        throw todo();
    }

    /** The current transport: {@code polling} or {@code websocket}. */
    public String transport() {
        throw todo();
    }

    /** The current state. */
    public ReadyState readyState() {
        throw todo();
    }

    /** The loop that this session lives on. */
    public EngineLoop loop() {
        throw todo();
    }

    /** Sets the owner; in the connection callback, once. */
    public void listen(EngineSocketListener listener) {
        throw todo();
    }

    /** Adds an observer of this session's events. */
    public void observe(EngineSocketListener.Observer observer) {
        throw todo();
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
        throw todo();
    }

    /**
     * Queues messages as one unit if the session is {@linkplain #writable() writable}, else drops them.
     *
     * @return whether they were queued
     */
    public boolean sendVolatile(List<Message> messages, boolean compress) {
        throw todo();
    }

    /**
     * Queues the same messages for many sessions: grouped by loop, one hand-over for each loop, so that writing to
     * thousands costs no task for each.
     *
     * @param receivers the sessions; read once during the call
     * @param onlyWritable whether to skip those that are not {@linkplain #writable() writable}
     */
    public static void sendAll(
            Iterable<EngineSocket> receivers, List<Message> messages, boolean compress, boolean onlyWritable) {
        throw todo();
    }

    /**
     * Whether a packet sent now would go out at once: open, the transport ready (for polling: a poll is waiting) and nothing
     * queued, neither here nor at the host.
     */
    public boolean writable() {
        throw todo();
    }

    /** Bytes queued for the peer that the operating system has not taken yet. */
    public long bufferedBytes() {
        throw todo();
    }

    /**
     * Stops or resumes reading from the peer. While paused, a WebSocket is not read and the answer to a POST is held back;
     * heartbeats already due still count, so a pause is kept short of the ping timeout by the engine: while it lasts the
     * ping timeout does not close the session.
     */
    public void pauseReading(boolean pause) {
        throw todo();
    }

    /** Closes the session after what is queued was written. The reason becomes {@link CloseReason#FORCED_CLOSE}. */
    public void close() {
        throw todo();
    }

    /** Closes the session at once with a reason; what is queued is dropped. */
    public void closeNow(CloseReason reason, @Nullable Object description) {
        throw todo();
    }
}
