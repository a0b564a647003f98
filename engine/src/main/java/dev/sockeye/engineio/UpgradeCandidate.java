package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Noop;
import dev.sockeye.engineio.protocol.EnginePacket.Ping;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import dev.sockeye.engineio.protocol.EnginePacket.Upgrade;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection that requests to take over a polling session. It is probed and then upgraded, or closed while the
 * session continues with polling. Loop-confined.
 */
final class UpgradeCandidate {
    /**
     * The interval at which a pending poll is ended with a noop during the upgrade, as in the official implementation.
     */
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);

    /** The answers to probes that a client does not read are bounded by this number of bytes. */
    private static final long MOST_PENDING = 16 * 1024;

    private final EngineSocket session;
    private final MessageTransport transport;
    private final EngineLoop.Timer timeout;
    private EngineLoop.@Nullable Timer check;
    private boolean done;

    UpgradeCandidate(EngineSocket session, MessageTransport transport, Duration upgradeTimeout) {
        this.session = session;
        this.transport = transport;
        this.timeout = session.loop().schedule(this::fail, upgradeTimeout);
    }

    int protocol() {
        return session.protocol();
    }

    void onPacket(EnginePacket packet) {
        if (transport.pendingBytes() > MOST_PENDING) {
            fail();
        } else if (packet instanceof Ping ping && ping.data().equals("probe")) {
            transport.send(new Pong("probe"), false);
            session.onUpgrading(transport.name());
            cancelCheck();
            scheduleCheck();
        } else if (packet instanceof Upgrade && session.readyState() != EngineSocket.ReadyState.CLOSED) {
            finish();
            session.upgradeTo(transport);
        } else {
            fail();
        }
    }

    private void scheduleCheck() {
        check = session.loop().schedule(this::endWaitingPoll, CHECK_INTERVAL);
    }

    private void endWaitingPoll() {
        if (!done) {
            Transport current = session.currentTransport();
            if (current instanceof PollingTransport && current.writable()) {
                current.send(List.of(new Noop()), false);
            }
            scheduleCheck();
        }
    }

    /** Abandons the upgrade: closes the connection; the session continues. Idempotent. */
    void fail() {
        if (!done) {
            finish();
            transport.leave();
            transport.close(true, EngineSocket.NOTHING);
        }
    }

    private void finish() {
        done = true;
        timeout.cancel();
        cancelCheck();
        session.upgradeEnded(this);
    }

    private void cancelCheck() {
        if (check != null) {
            check.cancel();
            check = null;
        }
    }
}
