package dev.sockeye.redis;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A Sockeye server. */
final class JavaPeer implements Peer {
    final SocketIoServer io;
    private final List<Object> events = new CopyOnWriteArrayList<>();

    JavaPeer(AdapterFactory adapter, @Nullable ConnectionStateRecovery recovery) throws IOException {
        SocketIoServerOptions.Builder options = SocketIoServerOptions.builder().adapter(adapter);
        if (recovery != null) {
            options.connectionStateRecovery(defaults -> recovery.toBuilder());
        }
        io = SocketIoServer.create(options.build());
        for (String name : new String[] {"/", "/custom"}) {
            io.of(name).onConnection(socket -> {
                socket.on("join", String.class, (room, ack) -> {
                    socket.join(room);
                    ack.send();
                });
                socket.on("data", Map.class, (data, ack) -> {
                    ((Map<?, ?>) data).forEach((key, value) -> socket.data().put((String) key, value));
                    ack.send();
                });
            });
        }
        io.listen(0);
    }

    ClusterAdapter adapter() {
        return (ClusterAdapter) io.of("/").adapter();
    }

    @Override
    public int port() {
        return io.port();
    }

    private BroadcastOperator target(To to) {
        BroadcastOperator target = io.of(to.namespace())
                .to(to.rooms().toArray(new String[0]))
                .except(to.except().toArray(new String[0]));
        return to.local() ? target.local() : target;
    }

    @Override
    public void emit(To to, String event, Object... args) {
        target(to).emit(event, args);
    }

    private static Object plain(Object value) {
        if (value instanceof byte[] bytes) {
            return "bin:" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof List<?> list) {
            List<Object> all = new ArrayList<>();
            list.forEach(one -> all.add(plain(one)));
            return all;
        }
        return value;
    }

    private static List<?> firsts(List<Arguments> answers) {
        List<Object> all = new ArrayList<>();
        answers.forEach(answer -> all.add(plain(answer.get(0))));
        return all;
    }

    private static Answers answers(CompletableFuture<List<Arguments>> future) {
        try {
            return new Answers(firsts(future.get(20, TimeUnit.SECONDS)), null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AckTimeoutException timeout) {
                return new Answers(firsts(timeout.responses()), timeout.getMessage());
            }
            if (e.getCause() instanceof ClusterTimeoutException timeout) {
                return new Answers(firsts(timeout.responses()), timeout.getMessage());
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Answers emitWithAck(To to, Duration timeout, String event, Object... args) {
        return answers(target(to).timeout(timeout).emitWithAck(event, args));
    }

    @Override
    public List<Map<String, Object>> fetchSockets(To to) {
        try {
            return target(to).fetchSockets().get(20, TimeUnit.SECONDS).stream()
                    .map(found -> Map.<String, Object>of(
                            "id",
                            found.id(),
                            "rooms",
                            List.copyOf(found.rooms()),
                            "data",
                            found.data(),
                            "handshake",
                            Map.of(
                                    "url",
                                    found.handshake().url(),
                                    "query",
                                    found.handshake().query())))
                    .toList();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void join(To to, String... rooms) {
        target(to).socketsJoin(rooms);
    }

    @Override
    public void leave(To to, String... rooms) {
        target(to).socketsLeave(rooms);
    }

    @Override
    public void disconnect(To to, boolean close) {
        target(to).disconnectSockets(close);
    }

    @Override
    public void serverSideEmit(String event, Object... args) {
        io.of("/").serverSideEmit(event, args);
    }

    @Override
    public Answers serverSideEmitWithAck(String event, Object... args) {
        return answers(io.of("/").serverSideEmitWithAck(event, args));
    }

    @Override
    public void answer(String event, Object value, boolean silent) {
        io.of("/").onServerSideEvent(event, (args, ack) -> {
            List<Object> all = new ArrayList<>(List.of(event));
            args.toList().forEach(one -> all.add(plain(one)));
            events.add(all);
            if (!silent && ack.expected()) {
                ack.send(value);
            }
        });
    }

    @Override
    public List<?> serverEvents() {
        List<Object> all = new ArrayList<>(events);
        events.removeAll(all);
        return all;
    }

    @Override
    public List<String> allRooms() {
        return List.copyOf(adapter().allRooms().join());
    }

    @Override
    public int serverCount() {
        return adapter().serverCount().join();
    }

    @Override
    public void close() {
        io.closeAsync().join();
    }

    @Override
    public String toString() {
        return "Java " + System.identityHashCode(this);
    }
}
