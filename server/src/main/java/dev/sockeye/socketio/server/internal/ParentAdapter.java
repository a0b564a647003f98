package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Passes broadcasts to the children of a parent namespace, in the order of their creation. */
final class ParentAdapter implements Adapter {
    private final Collection<NamespaceCore> children;

    ParentAdapter(Collection<NamespaceCore> children) {
        this.children = children;
    }

    @Override
    public void broadcast(SocketPacket.Event packet, BroadcastOptions options) {
        children.forEach(child -> child.adapter().broadcast(packet, options));
    }

    @Override
    public void addSockets(BroadcastOptions options, Collection<String> rooms) {
        children.forEach(child -> child.adapter().addSockets(options, rooms));
    }

    @Override
    public void delSockets(BroadcastOptions options, Collection<String> rooms) {
        children.forEach(child -> child.adapter().delSockets(options, rooms));
    }

    @Override
    public void disconnectSockets(BroadcastOptions options, boolean close) {
        children.forEach(child -> child.adapter().disconnectSockets(options, close));
    }

    @Override
    public void disconnectSockets(BroadcastOptions options, String reason, boolean close) {
        children.forEach(child -> child.adapter().disconnectSockets(options, reason, close));
    }

    @Override
    public Runnable broadcastWithAck(
            SocketPacket.Event packet, BroadcastOptions options, IntConsumer clientCount, Consumer<Arguments> ack) {
        throw unsupported("emitWithAck()");
    }

    @Override
    public CompletableFuture<List<SocketDetails>> fetchSockets(BroadcastOptions options) {
        throw unsupported("fetchSockets()");
    }

    @Override
    public void serverSideEmit(String event, Arguments args) {
        throw unsupported("serverSideEmit()");
    }

    @Override
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, Arguments args) {
        throw unsupported("serverSideEmitWithAck()");
    }

    @Override
    public void addAll(String socketId, Collection<String> rooms) {}

    @Override
    public void del(String socketId, String room) {}

    @Override
    public void delAll(String socketId) {}

    @Override
    public CompletableFuture<Set<String>> sockets(Set<String> rooms) {
        return CompletableFuture.completedFuture(Set.of());
    }

    @Override
    public @Nullable Set<String> socketRooms(String socketId) {
        return null;
    }

    @Override
    public Map<String, Set<String>> rooms() {
        return Map.of();
    }

    @Override
    public void addRoomListener(RoomListener listener) {
        throw unsupported("addRoomListener()");
    }

    @Override
    public void removeRoomListener(RoomListener listener) {}

    private static UnsupportedOperationException unsupported(String what) {
        return new UnsupportedOperationException(what + " is not supported on parent namespaces");
    }
}
