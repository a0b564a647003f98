package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Statements of docs/hosting.md about containers that no other test covers. */
@DisplayName("Facts stated on the hosting page")
@Timeout(60)
final class HostingFactsTest {
    private static final Filter NONE = (request, response, chain) -> chain.doFilter(request, response);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private int get(Container container, String path) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + container.port() + path))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    @ParameterizedTest
    @EnumSource
    void aFilterWithoutAsyncSupportIsReported(Container.Kind kind) throws Exception {
        BlockingQueue<String> complaints = new LinkedBlockingQueue<>();
        Filter filter = (request, response, chain) -> {
            try {
                chain.doFilter(
                        new HttpServletRequestWrapper((HttpServletRequest) request) {
                            @Override
                            public boolean isAsyncSupported() {
                                return false;
                            }
                        },
                        response);
            } catch (ServletException e) {
                complaints.add(e.getMessage());
                throw e;
            }
        };
        SockeyeServlet servlet = new SockeyeServlet(new FakeEngine(), JakartaOptions.defaults());
        try (Container container = kind.start(servlet, filter)) {
            assertThat(get(container, "/app/socket.io/?EIO=4&transport=polling"))
                    .isEqualTo(500);
        }
        assertThat(complaints.poll(10, TimeUnit.SECONDS)).contains("set async-supported to true");
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatDoesNotReturnIsAbandonedWithAWarning(Container.Kind kind) throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                log.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(SockeyeServlet.class.getName());
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .closeTimeout(Duration.ofMillis(200))
                .build());
        io.onConnection(socket -> socket.on("stick", (args, ack) -> {
            reached.countDown();
            never.await();
        }));
        JakartaOptions options =
                JakartaOptions.builder().closeTimeout(Duration.ofSeconds(3)).build();
        logger.addHandler(handler);
        try {
            Container container = kind.start(new SockeyeServlet(io, options), NONE);
            RecordingClient socket = new RecordingClient(
                    client, "ws://localhost:" + container.port() + "/app/socket.io/?EIO=4&transport=websocket");
            socket.next();
            socket.send("40");
            socket.next();
            socket.send("42[\"stick\"]");
            assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
            container.close();
            assertThat(log).anyMatch(line -> line.contains("a handler still runs"));
        } finally {
            never.countDown();
            logger.removeHandler(handler);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPlainRequestIsAnsweredWith400(Container.Kind kind) throws Exception {
        SocketIoServer io = SocketIoServer.create();
        try (Container container = kind.start(new SockeyeServlet(io, JakartaOptions.defaults()), NONE)) {
            assertThat(get(container, "/app/socket.io/")).isEqualTo(400);
        }
    }

    @Test
    void undertowClosesTheConnectionOnAFrameAboveTwiceTheLimit() throws Exception {
        SockeyeServlet servlet = new SockeyeServlet(new FakeEngine(), JakartaOptions.defaults());
        try (Container container = Container.Kind.UNDERTOW.start(servlet, NONE)) {
            RecordingClient socket =
                    new RecordingClient(client, "ws://localhost:" + container.port() + "/app/socket.io/");
            var unused = socket.sendLater(new byte[3 * FakeEngine.LIMIT]);
            // with another text, or none, depending on when the end of the frame was read
            assertThat(socket.closed.get(10, TimeUnit.SECONDS)).startsWith("1009:");
        }
    }

    @Test
    void tomcatAccepts8192ConnectionsByDefault() {
        assertThat(new Connector().getProperty("maxConnections")).isEqualTo(8192);
    }
}
