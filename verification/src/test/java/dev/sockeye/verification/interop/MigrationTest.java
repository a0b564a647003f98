package dev.sockeye.verification.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.ClientOptionsBuilder;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.SocketIoServer;
import io.socket.client.Ack;
import io.socket.client.AckWithTimeout;
import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import io.socket.emitter.Emitter;
import io.socket.engineio.client.transports.WebSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each line of the migration table in docs/client.md: the official Java client and the Sockeye client have the same result. */
@DisplayName("The migration table")
@Timeout(30)
class MigrationTest {
    private static final Duration SHORT = Duration.ofSeconds(5);

    private record Order(String id, int count) {}

    private final BlockingQueue<String> official = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ours = new LinkedBlockingQueue<>();
    private final SocketIoServer server = SocketIoServer.create();
    private final SocketIoClient io = SocketIoClient.create();
    private Socket socket;
    private String url;

    @BeforeEach
    void start() throws Exception {
        server.onConnection(each -> {
            each.on("echo", (args, ack) -> ack.send(args.get(0)));
            each.on("say", (args, ack) -> each.emit("e", Map.of("id", "a", "count", 2)));
            each.on("silent", (args, ack) -> {});
            each.on("kick", () -> each.disconnect());
            each.on("cut", () -> each.conn().close());
            each.on("facts", (args, ack) -> ack.send(each.handshake().toMap()));
            each.on(
                    "ask",
                    () -> each.timeout(SHORT)
                            .emitWithAck("question")
                            .thenAccept(answer -> each.emit("answered", answer.get(0))));
        });
        server.of("/closed").use((each, next) -> next.fail("members only", Map.of("code", 7)));
        server.of("/ns").onConnection(each -> each.on("echo", (args, ack) -> ack.send("ns")));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        url = "http://127.0.0.1:" + server.port();
    }

    @AfterEach
    void stop() {
        io.close();
        if (socket != null) {
            socket.disconnect();
        }
        server.closeAsync().join();
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        return queue.poll(20, TimeUnit.SECONDS);
    }

    private void alike(String expected) throws InterruptedException {
        assertThat(next(official)).isEqualTo(expected);
        assertThat(next(ours)).isEqualTo(expected);
    }

    private Socket theirs(IO.Options options) throws Exception {
        options.forceNew = true;
        options.reconnectionDelay = 50;
        socket = IO.socket(url, options);
        return socket.connect();
    }

    private dev.sockeye.socketio.client.Socket own(ClientOptionsBuilder options) {
        return io.socket(url, options.reconnectionDelay(Duration.ofMillis(50)).build());
    }

    @Test
    void socketsAndManagersAreCreated() throws Exception {
        theirs(new IO.Options()).emit("echo", new Object[] {"x"}, (Ack) args -> official.add("" + args[0]));
        own(ClientOptions.builder()).emit("echo", Arguments.of("x"), (error, args) -> ours.add("" + args.get(0)));
        alike("x");
        Manager manager = new Manager(URI.create(url), new Manager.Options());
        Socket second = manager.socket("/ns").connect();
        second.emit("echo", new Object[] {"x"}, (Ack) args -> official.add("" + args[0]));
        io.manager(url, ClientOptions.defaults())
                .socket("/ns")
                .emit("echo", Arguments.of("x"), (error, args) -> ours.add("" + args.get(0)));
        alike("ns");
        second.disconnect();
    }

    @Test
    void optionsReachTheServer() throws Exception {
        IO.Options options = new IO.Options();
        options.auth = Map.of("token", "t");
        options.query = "a=b";
        options.transports = new String[] {WebSocket.NAME};
        options.extraHeaders = Map.of("X-Extra", List.of("value"));
        theirs(options).emit("facts", new Object[0], (Ack) args -> {
            JSONObject facts = (JSONObject) args[0];
            official.add(facts.optJSONObject("auth").optString("token")
                    + facts.optJSONObject("query").optString("a")
                    + facts.optJSONObject("query").optString("transport")
                    + facts.optJSONObject("headers").optString("x-extra"));
        });
        own(ClientOptions.builder()
                        .auth(Map.of("token", "t"))
                        .query(Map.of("a", "b"))
                        .transports(TransportName.WEBSOCKET)
                        .extraHeaders(Map.of("X-Extra", "value")))
                .emit("facts", Arguments.none(), (error, args) -> {
                    Map<?, ?> facts = (Map<?, ?>) args.get(0);
                    ours.add("" + ((Map<?, ?>) facts.get("auth")).get("token")
                            + ((Map<?, ?>) facts.get("query")).get("a")
                            + ((Map<?, ?>) facts.get("query")).get("transport")
                            + ((Map<?, ?>) facts.get("headers")).get("x-extra"));
                });
        alike("tbwebsocketvalue");
    }

    @Test
    void connectAndDisconnectEventsAreEmitted() throws Exception {
        Socket them = theirs(new IO.Options());
        them.on(Socket.EVENT_CONNECT, args -> official.add("connected"));
        them.on(Socket.EVENT_DISCONNECT, args -> official.add("" + args[0]));
        io.socket(url, ClientOptions.defaults(), each -> {
            each.onConnect(() -> ours.add("connected"));
            each.onDisconnect((reason, details) -> ours.add(reason.text()));
            each.emit("kick");
        });
        alike("connected");
        them.emit("kick");
        alike("io server disconnect");
    }

    @Test
    void aConnectErrorHasMessageAndData() throws Exception {
        socket = IO.socket(url + "/closed", new IO.Options());
        socket.on(Socket.EVENT_CONNECT_ERROR, args -> {
            JSONObject error = (JSONObject) args[0];
            official.add(
                    error.optString("message") + error.optJSONObject("data").optInt("code"));
        });
        socket.connect();
        io.socket(
                url + "/closed",
                ClientOptions.defaults(),
                each -> each.onConnectError(error ->
                        ours.add(error.getMessage() + ((Map<?, ?>) error.data().get()).get("code"))));
        alike("members only7");
    }

    @Test
    void eventsAreReceivedAndListenersCanBeRemoved() throws Exception {
        Socket them = theirs(new IO.Options());
        Emitter.Listener removed = args -> official.add("removed");
        them.on("e", removed);
        them.off("e", removed);
        them.on(
                "e",
                args -> official.add(((JSONObject) args[0]).optString("id") + ((JSONObject) args[0]).optInt("count")));
        them.onAnyIncoming(args -> official.add("any " + args[0]));
        var own = own(ClientOptions.builder());
        dev.sockeye.socketio.RawHandler gone = (args, ack) -> ours.add("removed");
        own.on("e", gone);
        own.off("e", gone);
        own.on("e", Order.class, order -> ours.add(order.id() + order.count()));
        own.onAny((event, args) -> ours.add("any " + event));
        them.emit("say");
        own.emit("say");
        alike("any e");
        alike("a2");
    }

    @Test
    void eventsFromTheServerCanBeAcknowledged() throws Exception {
        Socket them = theirs(new IO.Options());
        them.on("question", args -> ((Ack) args[0]).call("yes"));
        them.on("answered", args -> official.add("" + args[0]));
        var own = own(ClientOptions.builder());
        own.on("question", (args, ack) -> ack.send("yes"));
        own.on("answered", String.class, ours::add);
        them.emit("ask");
        own.emit("ask");
        alike("yes");
    }

    @Test
    void acknowledgementsArriveOrTimeOut() throws Exception {
        Socket them = theirs(new IO.Options());
        var own = own(ClientOptions.builder());
        them.emit("echo", new Object[] {"x"}, (Ack) args -> official.add("" + args[0]));
        own.emitWithAck("echo", "x").thenAccept(answer -> ours.add("" + answer.get(0)));
        alike("x");
        them.emit("silent", new Object[] {"x"}, new AckWithTimeout(50) {
            @Override
            public void onSuccess(Object... args) {
                official.add("answered");
            }

            @Override
            public void onTimeout() {
                official.add("timed out");
            }
        });
        own.timeout(Duration.ofMillis(50))
                .emitWithAck("silent", "x")
                .whenComplete((answer, error) -> ours.add(error == null ? "answered" : "timed out"));
        alike("timed out");
    }

    @Test
    void reconnectAttemptsAreReported() throws Exception {
        IO.Options polling = new IO.Options(); // over WebSocket the official Java client ignores a close frame
        polling.transports = new String[] {"polling"};
        Socket them = theirs(polling);
        them.io().on(Manager.EVENT_RECONNECT_ATTEMPT, args -> official.add("attempt " + args[0]));
        var own = own(ClientOptions.builder());
        own.io().onReconnectAttempt(n -> ours.add("attempt " + n));
        them.emit("cut");
        own.emit("cut");
        alike("attempt 1");
    }
}
