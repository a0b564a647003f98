package dev.sockeye.socketio.server;

import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A socket of any server of the cluster, as {@code fetchSockets()} finds it. Official counterpart: {@code RemoteSocket}. */
public final class RemoteSocket implements EventSender {
    private final SocketDetails details;
    private final BroadcastOperator operator;

    RemoteSocket(Namespace namespace, SocketDetails details) {
        this.details = details;
        this.operator = new BroadcastOperator(namespace, Set.of(details.id()), Set.of(), BroadcastFlags.NONE);
    }

    private RemoteSocket(SocketDetails details, BroadcastOperator operator) {
        this.details = details;
        this.operator = operator;
    }

    /** The id of the socket. */
    public String id() {
        return details.id();
    }

    /** Its handshake. */
    public Handshake handshake() {
        return details instanceof SocketCore local
                ? local.socket().handshake()
                : Handshake.of(details.handshakeDetails());
    }

    /** Its rooms when it was found; for a socket of this server those of now. */
    public Set<String> rooms() {
        return details.rooms();
    }

    /** Its data when it was found; for a socket of this server the live map. */
    public Map<String, Object> data() {
        return details.data();
    }

    /** Makes it join rooms. */
    public void join(String... rooms) {
        operator.socketsJoin(rooms);
    }

    /** Makes it leave rooms. */
    public void leave(String... rooms) {
        operator.socketsLeave(rooms);
    }

    /** Sends it an event. */
    @Override
    public void emit(String event, @Nullable Object... args) {
        operator.emit(event, args);
    }

    /** The same socket with a timeout for {@link #emitWithAck}; default 5 seconds. */
    public RemoteSocket timeout(Duration timeout) {
        return new RemoteSocket(details, operator.timeout(timeout));
    }

    /**
     * Sends it an event and asks for an answer; fails with {@link dev.sockeye.socketio.AckTimeoutException}, or with {@link
     * SocketDisconnectedException} when it has disconnected.
     */
    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return BroadcastAcks.map(operator.emitWithAck(event, args), RemoteSocket::single);
    }

    /**
     * Disconnects it.
     *
     * @param close the connection too
     */
    public void disconnect(boolean close) {
        operator.disconnectSockets(close);
    }

    /** Disconnects it from the namespace. */
    public void disconnect() {
        disconnect(false);
    }

    private static Arguments single(List<Arguments> responses) {
        if (responses.isEmpty()) {
            throw new SocketDisconnectedException();
        }
        return responses.get(0);
    }
}
