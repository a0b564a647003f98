package dev.sockeye.verification.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.verification.host.Host;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.socket.engineio.client.transports.Polling;
import io.socket.engineio.client.transports.WebSocket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java client 2.1 against a real server. */
@DisplayName("The official Java client")
@ParameterizedClass
@EnumSource(Host.class)
class OfficialJavaClientTest {
    private static InteropServer server;

    @Parameter
    Host host;

    @BeforeParameterizedClassInvocation
    static void start(Host host) {
        server = InteropServer.start(host, 0, options -> options);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BlockingQueue<Object[]> seen = new LinkedBlockingQueue<>();

        Client(String transports, String namespace, Map<String, String> auth) throws Exception {
            IO.Options options = IO.Options.builder()
                    .setForceNew(true)
                    .setReconnection(false)
                    .setAuth(auth)
                    .setTransports(
                            switch (transports) {
                                case "polling" -> new String[] {Polling.NAME};
                                case "websocket" -> new String[] {WebSocket.NAME};
                                default -> new String[] {Polling.NAME, WebSocket.NAME};
                            })
                    .build();
            socket = IO.socket(server.url() + namespace, options);
        }

        Client listen(String event) {
            socket.on(event, args -> seen.add(args));
            return this;
        }

        Client connect() throws InterruptedException {
            BlockingQueue<String> result = new LinkedBlockingQueue<>();
            socket.once(Socket.EVENT_CONNECT, args -> result.add("connected"));
            socket.once(Socket.EVENT_CONNECT_ERROR, args -> result.add(String.valueOf(args[0])));
            socket.connect();
            assertThat(result.poll(10, TimeUnit.SECONDS)).isEqualTo("connected");
            return this;
        }

        Object[] next() throws InterruptedException {
            Object[] args = seen.poll(10, TimeUnit.SECONDS);
            assertThat(args).as("an event").isNotNull();
            return args;
        }

        Object[] ask(String event, Object... args) throws InterruptedException {
            BlockingQueue<Object[]> answer = new LinkedBlockingQueue<>();
            socket.emit(event, args, (Ack) answer::add);
            Object[] result = answer.poll(10, TimeUnit.SECONDS);
            assertThat(result).as("an acknowledgement of " + event).isNotNull();
            return result;
        }

        @Override
        public void close() {
            socket.off();
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket", "upgrade"})
    void textAndBytesAreTransferredInBothDirections(String transports) throws Exception {
        try (Client client = new Client(transports, "/", Map.of())) {
            client.listen("echo-back").connect();
            byte[] bytes = {0, 1, 2, -1};
            JSONObject mixed = new JSONObject()
                    .put("text", "ä€😀")
                    .put("list", new JSONArray().put(1).put(bytes));
            client.socket.emit("echo", "ü", 1, mixed, bytes);
            Object[] back = client.next();
            assertThat(back[0]).isEqualTo("ü");
            assertThat(back[1]).isEqualTo(1);
            assertThat(((JSONObject) back[2]).getString("text")).isEqualTo("ä€😀");
            assertThat((byte[]) ((JSONObject) back[2]).getJSONArray("list").get(1))
                    .isEqualTo(bytes);
            assertThat((byte[]) back[3]).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket", "upgrade"})
    void bothSidesAcknowledgeEvents(String transports) throws Exception {
        try (Client client = new Client(transports, "/", Map.of())) {
            client.listen("your-answer");
            client.socket.on("question", args -> ((Ack) args[args.length - 1]).call("answer", args[0]));
            client.connect();
            byte[] bytes = {9, 8};
            assertThat((byte[]) client.ask("first", bytes)[0]).isEqualTo(bytes);
            client.socket.emit("ask-me", (Object) bytes);
            Object[] answer = client.next();
            assertThat(answer[0]).isEqualTo("answer");
            assertThat((byte[]) answer[1]).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket", "upgrade"})
    void aNamespaceReceivesTheAuthPayload(String transports) throws Exception {
        try (Client client = new Client(transports, "/custom", Map.of("token", "abc"))) {
            client.listen("auth").connect();
            assertThat(((JSONObject) client.next()[0]).getString("token")).isEqualTo("abc");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket"})
    void aRefusedNamespaceReportsMessageAndData(String transports) throws Exception {
        try (Client client = new Client(transports, "/guarded", Map.of("token", "wrong"))) {
            client.listen(Socket.EVENT_CONNECT_ERROR);
            client.socket.connect();
            JSONObject error = (JSONObject) client.next()[0];
            assertThat(error.getString("message")).isEqualTo("not authorized");
            assertThat(error.getJSONObject("data").getInt("code")).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket", "upgrade"})
    void roomMembersReceiveEventsInOrder(String transports) throws Exception {
        try (Client receiver = new Client(transports, "/", Map.of());
                Client sender = new Client("websocket", "/", Map.of())) {
            receiver.listen("news").connect().ask("join", "java");
            sender.connect();
            for (int i = 0; i < 50; i++) {
                sender.socket.emit("news-to", new JSONArray().put("java"), i);
            }
            Object[] got =
                    IntStream.range(0, 50).mapToObj(i -> nextOf(receiver)).toArray();
            assertThat(got).isEqualTo(IntStream.range(0, 50).boxed().toArray());
        }
    }

    private static Object nextOf(Client client) {
        try {
            return client.next()[0];
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket"})
    void aDisconnectByTheServerReportsItsReason(String transports) throws Exception {
        try (Client client = new Client(transports, "/", Map.of())) {
            client.listen(Socket.EVENT_DISCONNECT).connect();
            client.socket.emit("kick", false);
            assertThat(client.next()[0]).isEqualTo("io server disconnect");
        } catch (JSONException e) {
            throw new AssertionError(e);
        }
    }
}
