package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Ping;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The heartbeat queues shared by the sessions of a server on one loop. Loop-confined except {@link #sessions}. */
final class LoopHeartbeats {
    /** A ping may be sent earlier by up to this fraction of the interval, together with the ping of another session. */
    private static final int PING_SLACK = 500;

    private static final long MOST_LATENESS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The maximum time for reading what has arrived while the process was stopped. */
    private static final Duration MOST_GRACE = Duration.ofSeconds(1);

    final EngineServer server;
    final EngineLoop loop;
    /** Protocol 4: sessions waiting for the next ping. */
    final DeadlineQueue untilPing;
    /** Protocol 4: sessions waiting for a pong. */
    final DeadlineQueue untilPong;
    /** Protocol 4: sessions waiting for a pong that have sent something else after the ping. */
    final DeadlineQueue untilLatePong;
    /** Protocol 3: sessions waiting for the client's ping. */
    final DeadlineQueue untilClientPing;
    /**
     * Sessions whose heartbeat is overdue, while the timer was so late that the process must have been stopped: the heartbeat
     * may have arrived.
     */
    private final DeadlineQueue untilRead;
    /** The maximum delay of a ping that is still measured from the time when it was due, in nanoseconds. */
    private final long lateness;

    /** Whether {@link SlowClientPolicy#DROP_OLDEST} is set. */
    final boolean dropsOldest;

    private EngineLoop.@Nullable Timer onEnd;
    private final OutboundTotal.Stripe outbound;
    /** The number of sessions that use it; changed inside the atomic updates of the server's map. */
    int sessions;

    LoopHeartbeats(EngineServer server, EngineLoop loop) {
        EngineOptions options = server.options();
        this.server = server;
        this.loop = loop;
        this.dropsOldest = options.slowClientPolicy() == SlowClientPolicy.DROP_OLDEST;
        this.outbound = server.outbound().new Stripe();
        this.lateness = Math.min(options.pingTimeout().toNanos() / 4, MOST_LATENESS);
        untilPing = new DeadlineQueue(
                loop, options.pingInterval(), options.pingInterval().dividedBy(PING_SLACK), this::ping);
        untilPong = new DeadlineQueue(loop, options.pingTimeout(), Duration.ZERO, this::timeOut);
        untilLatePong = new DeadlineQueue(loop, options.pingTimeout(), Duration.ZERO, this::timeOut);
        untilClientPing = new DeadlineQueue(
                loop, options.pingInterval().plus(options.pingTimeout()), Duration.ZERO, this::timeOut);
        Duration half = options.pingTimeout().dividedBy(2);
        untilRead = new DeadlineQueue(
                loop,
                half.compareTo(MOST_GRACE) < 0 ? half : MOST_GRACE,
                Duration.ZERO,
                session -> expired(session, false));
    }

    /** A session without a connection, which uses polling, would never end: its timers end with the loop. */
    private void loopEnds() {
        for (EngineSocket session : server.sessions()) {
            if (session.state == this) {
                session.end(CloseReason.TRANSPORT_CLOSE, null);
            }
        }
    }

    /** There are sessions. On the loop. */
    void watchLoop() {
        if (onEnd == null) {
            onEnd = loop.onEnd(this::loopEnds);
        }
    }

    /** The last session has ended. On the loop. */
    void unwatchLoop() {
        if (onEnd != null) {
            onEnd.cancel();
            onEnd = null;
        }
    }

    /** The queued bytes of a session have changed by whole steps. Any thread. */
    void moveOutbound(long before, long now) {
        if (outbound.move(before, now)) {
            outbound.relieveSoon(loop, server.sessions());
        }
    }

    /** Starts the heartbeat of a session. */
    void startHeartbeat(EngineSocket session) {
        (session.protocol() == 3 ? untilClientPing : untilPing).add(session);
    }

    private void ping(EngineSocket session) {
        long due = session.deadline();
        session.accept(PacketBatch.control(new Ping("")));
        if (session.readyState() != EngineSocket.ReadyState.CLOSED) {
            // a slightly late timer must not extend the client's time; a long delay is not the client's fault
            untilPong.add(session, Math.max(due, loop.nanoTime() - lateness));
        }
    }

    private void timeOut(EngineSocket session) {
        expired(session, loop.nanoTime() - session.deadline() > lateness);
    }

    private void expired(EngineSocket session, boolean late) {
        if (session.mayBeAlive()) {
            (session.protocol() == 3 ? untilClientPing : untilPong).add(session);
        } else if (late) {
            untilRead.add(session); // once: a loop that is always late must also end its sessions
        } else {
            session.end(CloseReason.PING_TIMEOUT, null);
        }
    }

    /** A packet other than a pong was received: the pong may be behind it, so the time for it starts again, once for each ping. */
    void heard(EngineSocket session) {
        if (session.waitsIn(untilPong)) {
            untilLatePong.add(session);
        }
    }

    /** Reading resumes: an unread answer gets the full timeout. */
    void resumed(EngineSocket session) {
        if (session.waitsIn(untilPong) || session.waitsIn(untilLatePong)) {
            untilPong.add(session);
        } else if (session.waitsIn(untilClientPing)) {
            untilClientPing.add(session);
        } else if (session.waitsIn(untilRead)) {
            (session.protocol() == 3 ? untilClientPing : untilPong).add(session);
        }
    }

    /** A ping or pong was received; returns whether it came from the side that has to send it. */
    boolean onHeartbeat(EngineSocket session, EnginePacket packet) {
        if (session.protocol() == 3 && packet instanceof Ping) {
            untilClientPing.add(session);
            session.acceptPong();
        } else if (session.protocol() == 4 && packet instanceof Pong) {
            untilPing.add(session);
        } else {
            session.end(CloseReason.TRANSPORT_ERROR, "invalid heartbeat direction");
            return false;
        }
        return true;
    }
}
