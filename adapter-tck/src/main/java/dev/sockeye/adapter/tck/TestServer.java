package dev.sockeye.adapter.tck;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A server of the cluster, on a free port. */
final class TestServer implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String OTHER = "/other";

    final ClusterBroker.Node node;
    final SocketIoServer io;

    /** The events received by {@code serverSideEmit}. */
    final List<List<@Nullable Object>> serverEvents = new CopyOnWriteArrayList<>();

    private volatile @Nullable Object answer;

    TestServer(ClusterBroker.Node node, boolean recovery) throws IOException {
        this.node = node;
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(node.adapter())
                .connectionStateRecovery(recovery)
                .build());
        for (String name : new String[] {"/", OTHER}) {
            io.of(name)
                    .onConnection(socket -> socket.on("set", (args, ack) -> {
                        socket.join(String.valueOf(args.get(0)));
                        socket.data().put("name", String.valueOf(args.get(1)));
                        ack.send();
                    }));
        }
        io.of("/").onServerSideEvent("server", (args, ack) -> {
            serverEvents.add(args.toList());
            Object value = answer;
            if (ack.expected() && value != null) {
                ack.send(value);
            }
        });
        io.listen(0);
    }

    ClusterAdapter adapter() {
        return (ClusterAdapter) io.of("/").adapter();
    }

    /** Sets its answer to other servers; {@code null} for none. */
    void answer(@Nullable Object value) {
        answer = value;
    }

    /** The sockets of all servers. */
    List<RemoteSocket> fetch(String... rooms) {
        return await(io.to(rooms)
                .timeout(ClusterAdapterContract.OPTIONS.requestsTimeout())
                .fetchSockets());
    }

    Set<String> ids(String... rooms) {
        return fetch(rooms).stream().map(RemoteSocket::id).collect(Collectors.toSet());
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** The reason why a future failed. */
    static Throwable failure(CompletableFuture<?> future) {
        return await(future.handle((done, error) -> {
            if (error == null) {
                throw new AssertionError("succeeded with " + done);
            }
            return error.getCause() == null ? error : error.getCause();
        }));
    }

    static List<@Nullable Object> firsts(List<Arguments> answers) {
        List<@Nullable Object> all = new ArrayList<>();
        answers.forEach(args -> all.add(args.get(0)));
        return all;
    }

    Map<String, Object> dataOf(String id) {
        return fetch(id).get(0).data();
    }

    @Override
    public void close() {
        await(io.closeAsync());
        node.close();
    }
}
