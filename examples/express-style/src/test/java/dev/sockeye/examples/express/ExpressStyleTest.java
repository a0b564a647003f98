package dev.sockeye.examples.express;

import static org.assertj.core.api.Assertions.assertThat;

import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Routes, page and Socket.IO of the program, all on its one port. */
@Timeout(120)
final class ExpressStyleTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private Server server;
    private String address;

    @BeforeEach
    void start() throws Exception {
        server = ExpressStyle.start(0);
        address = "http://localhost:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create(address + path));
    }

    @Test
    void routesAndClientsOfBothTransportsShareOnePort() throws Exception {
        BlockingQueue<String> polled = new LinkedBlockingQueue<>();
        BlockingQueue<String> pushed = new LinkedBlockingQueue<>();
        Socket polling = connect("polling", polled);
        Socket webSocket = connect("websocket", pushed);
        try {
            assertThat(send(at("/api/clients")).body()).isEqualTo("2\n");

            assertThat(send(at("/api/notes")
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(BodyPublishers.ofString("text=by+HTTP:+h%C3%A9llo")))
                            .body())
                    .isEqualTo("sent\n");
            arrives("by HTTP: héllo", polled, pushed);
            polling.emit("note", "by polling");
            arrives("by polling", polled, pushed);
            webSocket.emit("note", "by WebSocket");
            arrives("by WebSocket", polled, pushed);
        } finally {
            polling.close();
            webSocket.close();
        }
    }

    /** The official Java client. */
    private Socket connect(String transport, BlockingQueue<String> notes) throws InterruptedException {
        Socket socket = IO.socket(
                URI.create(address),
                IO.Options.builder()
                        .setForceNew(true)
                        .setReconnection(false)
                        .setTransports(new String[] {transport})
                        .build());
        CountDownLatch connected = new CountDownLatch(1);
        socket.on(Socket.EVENT_CONNECT, args -> connected.countDown());
        socket.on("note", args -> notes.add((String) args[0]));
        socket.connect();
        assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
        return socket;
    }

    private static void arrives(String note, BlockingQueue<String> polled, BlockingQueue<String> pushed)
            throws InterruptedException {
        assertThat(polled.poll(20, TimeUnit.SECONDS)).isEqualTo(note);
        assertThat(pushed.poll(20, TimeUnit.SECONDS)).isEqualTo(note);
    }

    @Test
    void thePageTheClientBundleAndErrorsAreServedFromTheSamePort() throws Exception {
        HttpResponse<String> page = send(at("/"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("/socket.io/socket.io.js");
        assertThat(send(at("/socket.io/socket.io.js")).body()).contains("Socket.IO v4");
        assertThat(send(at("/api/notes")).statusCode()).isEqualTo(405);
        assertThat(send(at("/nothing")).statusCode()).isEqualTo(404);
        assertThat(send(at("/ExpressStyle.class")).statusCode()).isEqualTo(404);
    }

    @Test
    void theProgramHasFewerThanSixtyLines() throws Exception {
        Path program = Path.of("src/main/java/dev/sockeye/examples/express/ExpressStyle.java");
        assertThat(Files.readAllLines(program)).hasSizeLessThan(60);
    }
}
