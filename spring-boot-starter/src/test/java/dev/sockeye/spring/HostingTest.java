package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** The location of the server, and its start and stop with the application. */
@Timeout(60)
final class HostingTest {
    private final SocketIoClient client = SocketIoClient.create();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @org.springframework.context.annotation.Import(OpenToAll.class)
    static class Application {
        Application(SocketIoServer io) {
            io.onConnection(socket -> socket.on("hello", String.class, (name, ack) -> ack.send("Hello, " + name)));
        }
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static ConfigurableApplicationContext start(String container, String... args) {
        ConfigurableApplicationContext context = Clients.run(
                new Class<?>[] {
                    Application.class, container.equals("jetty") ? OneContainer.Jetty.class : OneContainer.Tomcat.class
                },
                args);
        assertThat(((ServletWebServerApplicationContext) context)
                        .getWebServer()
                        .getClass()
                        .getSimpleName())
                .startsWithIgnoringCase(container);
        return context;
    }

    @ParameterizedTest
    @CsvSource({"tomcat,POLLING", "tomcat,WEBSOCKET", "jetty,POLLING", "jetty,WEBSOCKET"})
    void theServerSharesTheApplicationPort(String container, TransportName transport) throws Exception {
        try (ConfigurableApplicationContext context = start(container)) {
            Socket socket = Clients.connect(client, Clients.url(context), transport);
            assertThat(socket.call("hello", SOON, "you").get(0)).isEqualTo("Hello, you");
            assertThat(socket.io().transport()).isEqualTo(transport);
        }
    }

    @ParameterizedTest
    @CsvSource({"tomcat,POLLING", "tomcat,WEBSOCKET", "jetty,POLLING", "jetty,WEBSOCKET"})
    void clientsAreDisconnectedPromptlyWhenTheApplicationStops(String container, TransportName transport)
            throws Exception {
        CompletableFuture<DisconnectReason> gone = new CompletableFuture<>();
        ConfigurableApplicationContext context = start(container, "--server.shutdown=graceful");
        Socket socket = client.socket(
                        Clients.url(context),
                        ClientOptions.builder()
                                .transports(transport)
                                .reconnection(false)
                                .build())
                .connectBlocking(SOON);
        socket.onDisconnect((reason, details) -> gone.complete(reason));
        long start = System.nanoTime();
        context.close();
        assertThat(gone.get(10, TimeUnit.SECONDS)).isNotNull();
        // far less than the 30 s that the web server would wait for the poll
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(20);
    }

    @Test
    void theContextPathPrecedesTheServerPath() throws Exception {
        try (ConfigurableApplicationContext context =
                start("tomcat", "--server.servlet.context-path=/shop", "--sockeye.path=/live")) {
            Socket socket = client.socket(
                            Clients.url(context),
                            ClientOptions.builder().path("/shop/live").build())
                    .connectBlocking(SOON);
            assertThat(socket.call("hello", SOON, "you").get(0)).isEqualTo("Hello, you");
        }
    }

    @Test
    void aSeparatePortIsServedByNetty() throws Exception {
        String url;
        try (ConfigurableApplicationContext context =
                start("tomcat", "--sockeye.port=0", "--sockeye.address=127.0.0.1")) {
            url = "http://127.0.0.1:" + context.getBean(SocketIoServer.class).port();
            assertThat(url).isNotEqualTo(Clients.url(context));
            assertThat(context.containsBean("sockeyeServlet")).isFalse();
            Socket socket = Clients.connect(client, url, TransportName.WEBSOCKET);
            assertThat(socket.call("hello", SOON, "you").get(0)).isEqualTo("Hello, you");
        }
        int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
        try (java.net.ServerSocket free = new java.net.ServerSocket()) {
            free.setReuseAddress(true);
            free.bind(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port));
        }
    }

    @Test
    void theServerWorksAfterTheContextIsStoppedAndStarted() throws Exception {
        try (ConfigurableApplicationContext context = start("tomcat")) {
            context.stop();
            context.start();
            Socket socket = Clients.connect(client, Clients.url(context), TransportName.WEBSOCKET);
            assertThat(socket.call("hello", SOON, "you").get(0)).isEqualTo("Hello, you");
        }
    }

    @Test
    void noBeansAreCreatedWhenDisabled() {
        try (ConfigurableApplicationContext context = Clients.run(NoServer.class, "--sockeye.enabled=false")) {
            assertThat(context.getBeanNamesForType(SocketIoServer.class)).isEmpty();
            assertThat(context.containsBean("sockeyeServlet")).isFalse();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @org.springframework.context.annotation.Import(OpenToAll.class)
    static class NoServer {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sockeye.ping-interval=-1s | sockeye.ping-interval must be longer than 0
            sockeye.mailbox-capacity=0 | sockeye.mailbox-capacity must be 1 or more, was 0
            sockeye.path=chat | sockeye.path must start with "/", was "chat"
            sockeye.transports=smoke | sockeye.transports must be "polling", "websocket" or "webtransport", was "smoke"
            sockeye.port=70000 | sockeye.port must be 0 to 65535, was 70000
            sockeye.container.loops=-1 | sockeye.container.loops must be 1 or more, was -1
            sockeye.connection-state-recovery.max-packets=x | sockeye.connection-state-recovery.max-packets
            """)
    void anInvalidPropertyFailsStartupAndIsNamed(String property, String message) {
        assertThatThrownBy(() -> start("tomcat", "--" + property).close())
                .satisfiesAnyOf(
                        error -> assertThat(error).hasStackTraceContaining(message),
                        error -> assertThat(error).hasRootCauseMessage(message));
    }
}
