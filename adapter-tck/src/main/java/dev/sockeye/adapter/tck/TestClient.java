package dev.sockeye.adapter.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A client that connects to its server through a proxy, and reconnects automatically to the proxy's current target. */
final class TestClient implements AutoCloseable {
    private static final String END = "(end)";
    private static final AtomicInteger ENDS = new AtomicInteger();

    final TcpProxy way;
    final Socket socket;
    private final LinkedBlockingQueue<List<@Nullable Object>> events = new LinkedBlockingQueue<>();
    private volatile @Nullable Object reply;
    private volatile @Nullable String id;

    TestClient(SocketIoClient io, TestServer server, String namespace) throws InterruptedException {
        way = new TcpProxy(server.io.port());
        ClientOptions options = ClientOptions.builder()
                .transports(TransportName.WEBSOCKET)
                .forceNew(true)
                .reconnectionDelay(Duration.ofMillis(50))
                .reconnectionDelayMax(Duration.ofMillis(200))
                .timeout(Duration.ofSeconds(5))
                .build();
        socket = io.socket(
                "http://127.0.0.1:" + way.port() + namespace,
                options,
                client -> client.on("event", (args, ack) -> {
                    events.add(args.toList());
                    Object value = reply;
                    if (value != null && ack.expected()) {
                        ack.send(value);
                    }
                }));
        socket.connectBlocking(TestServer.PATIENCE);
        id = socket.id();
    }

    /** The id of its socket; while it is disconnected, the last one. */
    String id() {
        String now = socket.id();
        if (now != null) {
            id = now;
        }
        return Objects.requireNonNull(id);
    }

    /** Sets the value with which it acknowledges events; {@code null} for none. */
    void reply(@Nullable Object value) {
        reply = value;
    }

    /** Joins a room, and stores a name in its data. */
    void set(String room, String name) {
        TestServer.await(socket.emitWithAck("set", room, name));
    }

    List<@Nullable Object> next() throws InterruptedException {
        List<@Nullable Object> event = events.poll(TestServer.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(event).as("an event for client " + id).isNotNull();
        return Objects.requireNonNull(event);
    }

    /** Sends the last event of a test step. */
    static void end(TestServer sender) {
        sender.io.emit("event", END, ENDS.incrementAndGet());
    }

    /** Sends the last event of a test step from an emitter. */
    static void end(Emitter sender) {
        sender.emit("event", END, ENDS.incrementAndGet());
    }

    /** The arguments of all events up to {@link #end}, without an offset at their end. */
    List<List<@Nullable Object>> untilEnd(int arguments) throws InterruptedException {
        List<List<@Nullable Object>> all = new ArrayList<>();
        int last = ENDS.get();
        for (List<@Nullable Object> event = next(); ; event = next()) {
            if (!END.equals(event.get(0))) {
                all.add(event.size() > arguments ? event.subList(0, arguments) : event);
            } else if (((Number) Objects.requireNonNull(event.get(1))).intValue() == last) {
                return all;
            } // otherwise the end event of a test that failed
        }
    }

    /** The first arguments of the events up to {@link #end}. */
    List<@Nullable Object> labels() throws InterruptedException {
        List<@Nullable Object> labels = new ArrayList<>();
        untilEnd(1).forEach(event -> labels.add(event.get(0)));
        return labels;
    }

    /** Loses its connection and reconnects to a server. */
    void comeBack(TestServer server) {
        leaveFor(server);
        awaitConnected();
    }

    /** Loses its connection; the next attempt goes to that server. */
    void leaveFor(TestServer server) {
        way.target(server.io.port());
        way.disconnect();
        until(() -> !socket.connected());
    }

    void awaitConnected() {
        until(socket::connected);
    }

    private static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(TestServer.PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    @Override
    public void close() {
        socket.disconnect();
        way.close();
    }
}
