package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.RemoteSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The application's view of a socket that was found in the cluster. */
final class RemoteSocketFacade implements RemoteSocket {
    private final SocketDetails details;
    private final BroadcastOperator operator;

    RemoteSocketFacade(NamespaceCore namespace, SocketDetails details) {
        this(details, new BroadcastChain(namespace, Set.of(details.id()), Set.of(), BroadcastFlags.NONE));
    }

    private RemoteSocketFacade(SocketDetails details, BroadcastOperator operator) {
        this.details = details;
        this.operator = operator;
    }

    @Override
    public String id() {
        return details.id();
    }

    @Override
    public Handshake handshake() {
        return details instanceof SocketCore local
                ? local.handshake()
                : new RemoteHandshake(details.handshakeDetails());
    }

    @Override
    public Set<String> rooms() {
        return details.rooms();
    }

    @Override
    public Map<String, Object> data() {
        return details.data();
    }

    @Override
    public void join(String... rooms) {
        operator.socketsJoin(rooms);
    }

    @Override
    public void leave(String... rooms) {
        operator.socketsLeave(rooms);
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        operator.emit(event, args);
    }

    @Override
    public RemoteSocket timeout(Duration timeout) {
        return new RemoteSocketFacade(details, operator.timeout(timeout));
    }

    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return BroadcastAcks.map(operator.emitWithAck(event, args), RemoteSocketFacade::single);
    }

    @Override
    public void disconnect(boolean close) {
        operator.disconnectSockets(close);
    }

    @Override
    public void disconnect(String reason, boolean close) {
        operator.disconnectSockets(reason, close);
    }

    @Override
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
