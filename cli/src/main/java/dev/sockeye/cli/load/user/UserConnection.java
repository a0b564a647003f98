package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.report.Metrics;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.socketio.client.Socket;
import org.jspecify.annotations.Nullable;

/** The connection of one user: opens it, counts it, and notifies its owner. Used only on the event loop. */
public final class UserConnection {
    private enum State {
        NEW,
        OPENING,
        CONNECTED,
        ENDED
    }

    /** Callbacks to the owner, on the event loop. */
    interface Owner {
        /** Adds the event listeners. */
        void listen(Socket socket);

        void connected();

        /** The connection could not be opened, or was lost; it has already been counted. */
        void lost();
    }

    private final Worker worker;
    private final Metrics metrics;
    private final Owner owner;
    private @Nullable Socket socket;
    private State state = State.NEW;
    private long since;

    UserConnection(Worker worker, Owner owner) {
        this.worker = worker;
        this.metrics = worker.metrics();
        this.owner = owner;
    }

    /** @param intended when the user was scheduled to connect, by {@link System#nanoTime} */
    void open(String address, ClientOptions options, long intended) {
        since = intended;
        state = State.OPENING;
        metrics.opening.incrementAndGet();
        try {
            socket = worker.client().socket(address, options, made -> {
                made.onConnect(this::connected);
                made.onConnectError(this::failed);
                made.onDisconnect(this::lost);
                owner.listen(made);
            });
        } catch (RuntimeException e) {
            end();
            if (!worker.isClosing()) {
                metrics.error("cannot connect: " + e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
                owner.lost();
            }
        }
    }

    boolean isConnected() {
        return state == State.CONNECTED;
    }

    boolean isEnded() {
        return state == State.ENDED;
    }

    /** The socket; available only after {@link #open}. */
    Socket socket() {
        Socket known = socket;
        if (known == null) {
            throw new IllegalStateException("not opened");
        }
        return known;
    }

    private void connected() {
        if (state == State.CONNECTED || worker.isClosing() || state == State.ENDED) {
            return;
        }
        if (state == State.OPENING) {
            metrics.opening.decrementAndGet();
        }
        state = State.CONNECTED;
        metrics.connected.incrementAndGet();
        metrics.opened.increment();
        metrics.timer(Metrics.CONNECT).record(System.nanoTime() - since);
        owner.connected();
    }

    private void failed(ConnectErrorException error) {
        if (worker.isClosing() || state == State.ENDED) {
            return;
        }
        metrics.error("cannot connect: " + ConnectDiagnosis.kind(error), ConnectDiagnosis.detail(error));
        if (error.refused() || !worker.plan().options().reconnection()) {
            end();
            owner.lost();
        }
    }

    private void lost(DisconnectReason reason, DisconnectDetails details) {
        if (worker.isClosing() || state != State.CONNECTED) {
            return;
        }
        metrics.error("disconnected: " + reason.text(), details.description());
        metrics.connected.decrementAndGet();
        if (reason != DisconnectReason.IO_SERVER_DISCONNECT
                && worker.plan().options().reconnection()) {
            state = State.OPENING;
            metrics.opening.incrementAndGet();
            since = System.nanoTime();
        } else {
            state = State.ENDED;
        }
        owner.lost();
    }

    /** Aborts a connection attempt that is not answered in time. */
    void sweep(long now) {
        if (state == State.OPENING && !worker.plan().options().reconnection() && now - since > worker.connectNanos()) {
            metrics.error(
                    "cannot connect: no answer",
                    "the connection opened, but the server did not answer the CONNECT packet");
            close();
            owner.lost();
        }
    }

    private void end() {
        if (state == State.OPENING) {
            metrics.opening.decrementAndGet();
        } else if (state == State.CONNECTED) {
            metrics.connected.decrementAndGet();
        }
        state = State.ENDED;
    }

    /** Disconnects; not counted as an error. */
    void close() {
        end();
        Socket known = socket;
        if (known != null) {
            known.disconnect();
        }
    }
}
