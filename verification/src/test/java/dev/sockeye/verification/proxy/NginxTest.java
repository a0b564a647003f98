package dev.sockeye.verification.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import dev.sockeye.verification.wire.RawHttp;
import dev.sockeye.verification.wire.RawWebSocket;
import dev.sockeye.verification.wire.Wire;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real nginx with the settings of docs/hosting.md before two servers, on Netty and on Tomcat. */
@DisplayName("Behind nginx")
@Timeout(60)
@TestMethodOrder(OrderAnnotation.class)
class NginxTest {
    private static final List<SocketIoServer> SERVERS = new ArrayList<>();

    @TempDir
    static Path folder;

    private static Nginx nginx;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        SERVERS.add(server(Host.NETTY));
        SERVERS.add(server(Host.TOMCAT));
        nginx = Nginx.start(folder, NginxTest::settings);
        port = nginx.port();
    }

    private static SocketIoServer server(Host host) throws IOException {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .trustedProxies("127.0.0.1")
                .engine(engine -> engine.pingInterval(Duration.ofMillis(300)))
                .build());
        io.onConnection(socket -> {
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
            socket.on(
                    "who",
                    (args, ack) -> ack.send(
                            host.toString(),
                            socket.conn().transport(),
                            socket.handshake().headers().get("x-forwarded-for"),
                            socket.handshake().headers().get("host"),
                            socket.handshake().address()));
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
        return io;
    }

    /** The page's settings, with this test's ports and files. */
    private static String settings(int listening) throws IOException {
        String page = Files.readString(Path.of("../docs/hosting.md"));
        String start = "```nginx\n";
        int from = page.indexOf(start) + start.length();
        String http = page.substring(from, page.indexOf("```", from))
                .replace("127.0.0.1:3000", "127.0.0.1:" + SERVERS.get(0).port())
                .replace("127.0.0.1:3001", "127.0.0.1:" + SERVERS.get(1).port())
                .replace("listen 80;", "listen 127.0.0.1:" + listening + ";");
        assertThat(http).contains(":" + listening, ":" + SERVERS.get(0).port());
        return http;
    }

    @AfterAll
    static void stop() throws Exception {
        if (nginx != null) {
            nginx.close();
        }
        SERVERS.forEach(io -> io.closeAsync().join());
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket", "polling websocket"})
    void theOfficialClientExchangesMessagesAndStaysConnected(String transports) throws Exception {
        Socket socket = IO.socket(
                URI.create("http://127.0.0.1:" + port + "/"),
                IO.Options.builder()
                        .setForceNew(true)
                        .setReconnection(false)
                        .setTransports(transports.split(" "))
                        .build());
        BlockingQueue<Object> lost = new LinkedBlockingQueue<>();
        socket.on(Socket.EVENT_DISCONNECT, args -> lost.add(args[0]));
        socket.connect();
        try {
            await().until(socket::connected);
            String last = transports.substring(transports.lastIndexOf(' ') + 1);
            await().untilAsserted(() -> assertThat(ask(socket, "who")[1]).isEqualTo(last));
            Object[] who = ask(socket, "who");
            assertThat(who[2]).isEqualTo("127.0.0.1");
            assertThat(who[3]).isEqualTo("127.0.0.1");
            String large = "ä".repeat(300_000);
            assertThat(ask(socket, "echo", large)[0]).isEqualTo(large);
            byte[] bytes = new byte[500_000];
            assertThat((byte[]) ask(socket, "echo", (Object) bytes)[0]).isEqualTo(bytes);
            assertThat(lost.poll(1500, TimeUnit.MILLISECONDS)).isNull();
            assertThat(ask(socket, "echo", 1)[0]).isEqualTo(1);
        } finally {
            socket.close();
        }
    }

    private static Object[] ask(Socket socket, String event, Object... args) throws InterruptedException {
        BlockingQueue<Object[]> answer = new LinkedBlockingQueue<>();
        socket.emit(event, args, (Ack) answer::add);
        Object[] result = answer.poll(10, TimeUnit.SECONDS);
        assertThat(result).as("an answer to " + event).isNotNull();
        return result;
    }

    /** Every request uses a new connection: only the address keeps a client on its server. */
    @Test
    void clientsAreDistributedByAddressAndStayOnTheirServer() throws Exception {
        List<String> seen = new ArrayList<>();
        for (int i = 2; i < 18; i++) {
            InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) i});
            String poll = "/socket.io/?EIO=4&transport=polling";
            String open = request(from, "GET", poll, "");
            assertThat(open).startsWith("0{");
            String session = poll + "&sid=" + Wire.sid(open);
            assertThat(request(from, "POST", session, "40")).isEqualTo("ok");
            until(from, session, "40{");
            assertThat(request(from, "POST", session, "420[\"who\"]")).isEqualTo("ok");
            String who = until(from, session, "430[");
            assertThat(who).as("the client's address, not nginx's").endsWith("\"" + from.getHostAddress() + "\"]");
            seen.add(who);
            assertThat(request(from, "POST", session, "1")).isEqualTo("ok");
        }
        assertThat(seen)
                .anyMatch(answer -> answer.contains("\"netty\""))
                .anyMatch(answer -> answer.contains("\"tomcat\""));
    }

    private static String until(InetAddress from, String session, String beginning) throws IOException {
        while (true) {
            for (String packet : request(from, "GET", session, "").split("\u001e", -1)) {
                if (packet.startsWith(beginning)) {
                    return packet;
                }
                assertThat(packet).isEqualTo("2");
                assertThat(request(from, "POST", session, "3")).isEqualTo("ok");
            }
        }
    }

    private static String request(InetAddress from, String method, String target, String body) throws IOException {
        try (RawHttp http = new RawHttp(port, from)) {
            RawHttp.Answer answer = http.write(method + " " + target
                            + " HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n" + "Content-Length: "
                            + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                    .read();
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            return answer.text();
        }
    }

    @Test
    void aWebSocketResetByTheClientIsRemovedFromTheServer() throws Exception {
        RawWebSocket socket = RawWebSocket.open(port, "/socket.io/?EIO=4&transport=websocket");
        socket.readUntil("0{");
        socket.send("40");
        socket.readUntil("40{");
        await().untilAsserted(() -> assertThat(clients()).isPositive());
        socket.reset();
        await().untilAsserted(() -> assertThat(clients()).isZero());
    }

    /** The last one, for it leaves one server only. */
    @Test
    @Order(Integer.MAX_VALUE)
    void aClientReconnectsToTheOtherServerWhenItsServerStops() throws Exception {
        Socket socket = IO.socket(
                URI.create("http://127.0.0.1:" + port + "/"),
                IO.Options.builder()
                        .setForceNew(true)
                        .setReconnectionDelay(100)
                        .setReconnectionDelayMax(500)
                        .build());
        try {
            socket.connect();
            await().until(socket::connected);
            Object first = ask(socket, "who")[0];
            boolean netty = first.equals(Host.NETTY.toString());
            BlockingQueue<String> again = new LinkedBlockingQueue<>();
            socket.on(Socket.EVENT_CONNECT, args -> again.add("connected"));
            SERVERS.get(netty ? 0 : 1).closeAsync().join();
            assertThat(again.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");
            assertThat(ask(socket, "who")[0]).isEqualTo((netty ? Host.TOMCAT : Host.NETTY).toString());
            SERVERS.remove(netty ? 0 : 1);
        } finally {
            socket.close();
        }
    }

    private static int clients() {
        return SERVERS.stream().mapToInt(io -> io.engine().clientsCount()).sum();
    }
}
