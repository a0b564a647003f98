package dev.sockeye.jakarta;

import static dev.sockeye.jakarta.InContainer.ascii;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.ForwardingCounts;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A request for a session of another server")
@Timeout(60)
class ForwardedRequestTest {
    private static final String SECRET = "the secret of this test";
    private static final JakartaOptions OPTIONS =
            JakartaOptions.builder().closeTimeout(Duration.ofSeconds(5)).build();

    /** The test is the other server. */
    private static ServerSocket node;

    private static String poll;

    @BeforeAll
    static void openSession() throws Exception {
        node = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        node.setSoTimeout(10_000);
        EngineServer engine = new EngineServer(EngineOptions.builder()
                .path("/socket.io")
                .sessionForwarding(
                        forwarding -> forwarding.secret(SECRET).address("http://127.0.0.1:" + node.getLocalPort()))
                .build());
        try (Container container = start(Container.Kind.TOMCAT, new SockeyeServlet(engine, OPTIONS));
                Client client = new Client(new Socket("localhost", container.port()))) {
            client.get("?EIO=4&transport=polling");
            String open = client.answer().body();
            int from = open.indexOf("\"sid\":\"") + 7;
            poll = "?EIO=4&transport=polling&sid=" + open.substring(from, open.indexOf('"', from));
        }
        engine.close();
    }

    @AfterAll
    static void end() throws IOException {
        node.close();
    }

    private static Container start(Container.Kind kind, SockeyeServlet servlet) throws Exception {
        return kind.start(servlet, (request, response, chain) -> chain.doFilter(request, response));
    }

    private static SocketIoServer server() {
        return SocketIoServer.create(SocketIoServerOptions.builder()
                .sessionForwarding(forwarding -> forwarding.secret(SECRET).address("http://127.0.0.1:1"))
                .build());
    }

    private record Answer(int status, String body) {}

    private record Client(Socket socket, DataInputStream in) implements AutoCloseable {
        Client(Socket socket) throws IOException {
            this(socket, new DataInputStream(socket.getInputStream()));
            socket.setSoTimeout(10_000);
        }

        void get(String query) throws IOException {
            socket.getOutputStream()
                    .write(ascii("GET /app/socket.io/" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }

        String head() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException("after " + head);
                }
                head.append((char) next);
            }
            return head.toString();
        }

        Answer answer() throws IOException {
            String head = head();
            int length = 0;
            for (String line : head.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            byte[] body = new byte[length];
            in.readFully(body);
            return new Answer(Integer.parseInt(head.substring(9, 12)), new String(body, StandardCharsets.UTF_8));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Its container may cut the connection at any time, and a proxy repeat the poll, which hides that a response is lost. */
    @ParameterizedTest
    @EnumSource
    void isNotForwardedOnceTheServerIsClosed(Container.Kind kind) throws Exception {
        SocketIoServer io = server();
        try (Container container = start(kind, new SockeyeServlet(io, OPTIONS));
                Client client = new Client(new Socket("localhost", container.port()))) {
            client.get(poll);
            try (Client there = new Client(node.accept())) {
                assertThat(there.head()).contains(poll);
                io.closeAsync().get(20, TimeUnit.SECONDS);
                assertThat(client.answer())
                        .isEqualTo(new Answer(400, "{\"code\":1,\"message\":\"Session ID unknown\"}"));
                assertThat(there.in.read()).as("it was abandoned").isEqualTo(-1);
            }
            try (Client late = new Client(new Socket("localhost", container.port()))) {
                late.get(poll);
                assertThat(late.answer().status()).isEqualTo(503);
            }
            assertThat(io.engine().forwardingCounts()).isEqualTo(new ForwardingCounts(0, 1, 1, 1, 0, 0));
        }
    }

    /** Official clients do not survive the loss of a WebSocket in the last phase of an upgrade. */
    @ParameterizedTest
    @EnumSource
    void aWebSocketThatIsBeingConnectedIsRefusedWhenTheServerIsClosed(Container.Kind kind) throws Exception {
        SocketIoServer io = server();
        try (Container container = start(kind, new SockeyeServlet(io, OPTIONS));
                Socket client = new Socket("localhost", container.port())) {
            client.setSoTimeout(10_000);
            client.getOutputStream()
                    .write(ascii(InContainer.upgrade(poll.replace("polling", "websocket"), InContainer.KEY)));
            try (Client there = new Client(node.accept())) {
                String head = there.head();
                io.closeAsync().get(20, TimeUnit.SECONDS);
                there.socket.getOutputStream().write(ascii(accepted(head)));
                byte[] status = client.getInputStream().readNBytes(12);
                assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 400");
                there.in.readAllBytes(); // up to the end
            }
        }
    }

    private static String accepted(String upgrade) throws Exception {
        Matcher key = Pattern.compile("(?i)\\r\\nsec-websocket-key: *(\\S+)").matcher(upgrade);
        assertThat(key.find()).isTrue();
        byte[] hash =
                MessageDigest.getInstance("SHA-1").digest(ascii(key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n";
    }
}
