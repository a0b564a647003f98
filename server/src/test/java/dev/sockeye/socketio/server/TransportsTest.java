package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.AllowRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The transports as seen through the server. */
class TransportsTest {
    private final List<Socket> sockets = new ArrayList<>();

    private TestServer server(TestServer server) {
        server.io.onConnection(sockets::add);
        return server;
    }

    private String joinOverPolling(TestServer server) {
        String url = server.poll();
        server.post(url, "40");
        assertThat(server.get(url).body()).startsWith("40{");
        return url;
    }

    @Test
    @Tag("sio.socket.13")
    @Tag("sio.socket.15")
    @Tag("sio.socket.17")
    @Tag("sio.socket.21")
    void volatileEventsOverPollingRequireAPendingPoll() {
        TestServer server = server(new TestServer());
        String url = joinOverPolling(server);
        Socket socket = sockets.get(0);

        FakeExchange poll = server.get(url);
        socket.asVolatile().emit("idle");
        server.loop.run();
        assertThat(poll.body()).isEqualTo("42[\"idle\"]");

        poll = server.get(url);
        socket.emit("regular");
        socket.asVolatile().emit("dropped");
        server.loop.run();
        assertThat(poll.body()).isEqualTo("42[\"regular\"]");

        poll = server.get(url);
        socket.asVolatile().emit("first");
        socket.asVolatile().emit("second");
        socket.emit("third");
        server.loop.run();
        assertThat(poll.body()).isEqualTo("42[\"first\"]");
        assertThat(server.get(url).body()).isEqualTo("42[\"third\"]");
    }

    @Test
    @Tag("sio.socket.40")
    @Tag("sio.socket.41")
    void veryLargeMessagesAreDelivered() {
        TestServer server = server(new TestServer(options -> options.maxHttpBufferSize(20_000_000)));
        FakeClient client = server.connect();
        Socket socket = sockets.get(0);
        List<Object> seen = new ArrayList<>();
        socket.on("json", (args, ack) -> seen.add(((List<?>) args.get(0)).size()));
        socket.on("bin", byte[].class, bytes -> seen.add(bytes.length));
        StringBuilder json = new StringBuilder("42[\"json\",[0");
        for (int i = 1; i < 1_000_000; i++) {
            json.append(',').append(i);
        }
        client.text(json.append("]]").toString());
        client.text("451-[\"bin\",{\"_placeholder\":true,\"num\":0}]").binary("ab".repeat(4_000_000));
        assertThat(seen).containsExactly(1_000_000, 4_000_000);
        socket.emit("out", "x".repeat(5_000_000), new byte[5_000_000]);
        List<String> got = client.messages();
        assertThat(got).hasSize(2);
        assertThat(got.get(0)).hasSizeGreaterThan(5_000_000);
        assertThat(got.get(1)).hasSize(1 + 2 * 5_000_000);
    }

    @Test
    @Tag("sio.handshake.01")
    @Tag("sio.handshake.02")
    @Tag("sio.server-attachment.08")
    void corsHeadersAreSent() {
        TestServer server = new TestServer(options -> options.cors(cors -> cors.origins("http://localhost:5000")
                .methods("GET", "POST")
                .allowedHeaders("content-type")
                .credentials(true)));
        String uri = "/socket.io/?EIO=4&transport=polling";
        FakeExchange preflight = server.exchange("OPTIONS", uri, "", "origin", "http://localhost:5000");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("access-control-allow-origin")).isEqualTo("http://localhost:5000");
        assertThat(preflight.header("access-control-allow-methods")).isEqualTo("GET,POST");
        assertThat(preflight.header("access-control-allow-headers")).isEqualTo("content-type");
        assertThat(preflight.header("access-control-allow-credentials")).isEqualTo("true");
        for (String target : List.of(uri, "/socket.io/socket.io.js")) {
            FakeExchange get = server.get(target, "origin", "http://localhost:5000");
            assertThat(get.status()).isEqualTo(200);
            assertThat(get.header("access-control-allow-origin")).isEqualTo("http://localhost:5000");
            assertThat(get.header("access-control-allow-credentials")).isEqualTo("true");
        }
    }

    @Test
    @Tag("sio.handshake.03")
    @Tag("sio.handshake.04")
    void allowRequestDecidesWhetherHandshakesAreAccepted() {
        TestServer server = new TestServer(options ->
                options.allowRequest(AllowRequest.when(request -> "yes".equals(request.header("x-allowed")))));
        String uri = "/socket.io/?EIO=4&transport=polling";
        assertThat(server.get(uri, "x-allowed", "yes").status()).isEqualTo(200);
        assertThat(server.get(uri).status()).isEqualTo(403);
    }

    private FakeClient openV2(TestServer server) {
        return server.open("/socket.io/?EIO=3&transport=websocket", new String[0]);
    }

    @Test
    @Tag("sio.v2-compatibility.01")
    void aVersion2ClientJoinsTheMainNamespaceImmediately() {
        TestServer server = server(new TestServer(options -> options.allowEIO3(true)));
        FakeClient client = openV2(server);
        assertThat(client.messages()).containsExactly("40");
        assertThat(sockets.get(0).id()).isEqualTo(client.engineSid());
        sockets.get(0).emit("e", 1);
        assertThat(client.messages()).containsExactly("42[\"e\",1]");
    }

    @Test
    @Tag("sio.v2-compatibility.02")
    void theQueryOfAVersion2NamespaceIsUsedAsAuth() {
        TestServer server = new TestServer(options -> options.allowEIO3(true));
        server.io.of("/nsp", sockets::add);
        server.io.of("/no").use((socket, next) -> next.fail("refused"));
        FakeClient client = openV2(server);
        client.messages();
        client.text("40/nsp?test=123");
        assertThat(client.messages()).containsExactly("40/nsp,");
        assertThat(sockets.get(0).id()).isEqualTo("/nsp#" + client.engineSid());
        assertThat(sockets.get(0).handshake().auth()).isEqualTo(Map.of("test", "123"));
        client.text("40/no");
        assertThat(client.messages()).containsExactly("44/no,\"refused\"");
    }

    @Test
    void thePayloadOfAVersion2ConnectIsNotUsedAsAuth() {
        TestServer server = new TestServer(options -> options.allowEIO3(true));
        server.io.of("/nsp", sockets::add).use((socket, next) -> {
            if ("ok".equals(socket.handshake().auth().get("token"))) {
                next.next();
            } else {
                next.fail("denied");
            }
        });
        FakeClient client = openV2(server);
        client.messages();
        client.text("40/nsp,{\"token\":\"ok\"}").text("40/nsp?token=no,{\"token\":\"ok\"}");
        assertThat(client.messages()).containsExactly("44/nsp,\"denied\"", "44/nsp,\"denied\"");
        client.text("40/nsp?token=ok,{\"token\":\"no\"}");
        assertThat(client.messages()).containsExactly("40/nsp,");
    }

    @Test
    void version2NamespacesAreParsedAsUrls() {
        TestServer server = new TestServer(options -> options.allowEIO3(true));
        server.io.of("/a/b", sockets::add);
        FakeClient client = openV2(server);
        client.messages();
        client.text("40/x/../a/./b?c=1#d").text("42/a/b?c=2,1[\"unknown\"]").text("41/a/b/#e");
        assertThat(client.messages()).containsExactly("40/a/b,");
        client = openV2(server);
        client.messages();
        client.text("40/n\u00e4 m{e}?x=1");
        assertThat(client.messages()).containsExactly("44/n%C3%A4%20m%7Be%7D,{\"message\":\"Invalid namespace\"}");
        client.text("40//[");
        assertThat(client.closed()).isTrue();
    }

    @Test
    @Tag("sio.v2-compatibility.03")
    void aVersion2ClientIsRefusedByDefault() {
        FakeExchange exchange = new TestServer().get("/socket.io/?EIO=3&transport=polling");
        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.body()).isEqualTo("{\"code\":5,\"message\":\"Unsupported protocol version\"}");
    }
}
