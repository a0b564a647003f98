package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.TransportName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The upgrades from polling: all transports that the server offers are probed at the same time, and the first whose probe is
 * answered is used; the others are closed. WebTransport has a head start, as in the official client. Used on the loop only.
 */
final class Upgrades {
    /** How long other probes wait if WebTransport is probed as well. */
    static final int HEAD_START_MILLIS = 200;

    private final Engine engine;
    private final ClientLoop loop;
    private final long timeoutMillis;
    private final List<Probe> probes = new ArrayList<>(2);
    /** The probe that was answered, while polling ends. */
    private @Nullable Probe chosen;

    Upgrades(Engine engine, ClientLoop loop, long timeoutMillis) {
        this.engine = engine;
        this.loop = loop;
        this.timeoutMillis = timeoutMillis;
    }

    void begin(List<TransportName> names) {
        boolean favoured = names.contains(TransportName.WEBTRANSPORT);
        for (TransportName name : names) {
            probes.add(new Probe(engine.create(name)));
        }
        for (Probe probe : List.copyOf(probes)) {
            if (probes.contains(probe)) { // an earlier one may have ended everything
                probe.begin(favoured && probe.transport.name != TransportName.WEBTRANSPORT ? HEAD_START_MILLIS : 0);
            }
        }
    }

    /** Whether the connection is between two transports: nothing is sent until the upgrade ends. */
    boolean moving() {
        return chosen != null;
    }

    @Nullable
    Probe find(EngineTransport transport) {
        for (int i = 0; i < probes.size(); i++) {
            if (probes.get(i).transport == transport) {
                return probes.get(i);
            }
        }
        return null;
    }

    /** Ends all probes. Calling it again has no effect. */
    void abandon() {
        chosen = null;
        for (Probe probe : List.copyOf(probes)) {
            probe.abandon();
        }
    }

    void failForTests(TransportException error) {
        for (Probe probe : List.copyOf(probes)) {
            probe.fail(error);
        }
    }

    /** One transport that is tried. */
    final class Probe {
        final EngineTransport transport;
        private ClientLoop.@Nullable Timer deadline;
        private ClientLoop.@Nullable Timer start;

        Probe(EngineTransport transport) {
            this.transport = transport;
        }

        private void begin(int delayMillis) {
            deadline = loop.schedule(
                    () -> fail(TransportFailures.of("probe error", "no upgrade within " + timeoutMillis + " ms")),
                    timeoutMillis,
                    TimeUnit.MILLISECONDS);
            if (delayMillis == 0) {
                transport.open();
            } else {
                start = loop.schedule(transport::open, delayMillis, TimeUnit.MILLISECONDS);
            }
        }

        void opened() {
            transport.send(List.of(new EngineTransport.Outgoing(new EnginePacket.Ping("probe"), false, 6)));
        }

        void received(EnginePacket packet) {
            if (chosen == this) {
                return;
            }
            if (!(packet instanceof EnginePacket.Pong pong && pong.data().equals("probe"))) {
                fail(TransportFailures.of("probe error", "expected a pong but received " + packet));
                return;
            }
            for (Probe other : List.copyOf(probes)) {
                if (other != this) {
                    other.abandon();
                }
            }
            chosen = this;
            engine.pausePolling(transport.name, this::change);
        }

        private void change(PollingTransport old) {
            stopTimers();
            probes.remove(this);
            chosen = null;
            engine.changeTransport(old, transport);
        }

        void fail(TransportException error) {
            if (!probes.contains(this)) {
                return;
            }
            abandon();
            boolean paused = chosen == this;
            if (paused) {
                chosen = null;
            }
            engine.upgradeFailed(
                    error.reason().equals("probe error") ? error : TransportFailures.of("probe error", error), paused);
        }

        private void abandon() {
            probes.remove(this);
            stopTimers();
            transport.close();
        }

        private void stopTimers() {
            if (deadline != null) {
                deadline.cancel();
            }
            if (start != null) {
                start.cancel();
            }
        }
    }
}
