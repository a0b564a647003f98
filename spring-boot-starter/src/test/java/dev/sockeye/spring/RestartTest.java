package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Contexts are started and closed, as with DevTools: no thread, port or memory leaks. */
@Timeout(240)
final class RestartTest {

    @SocketIoController
    static class Greeter {
        @OnEvent("hello")
        String hello(dev.sockeye.socketio.server.Socket socket, String name) {
            socket.join("greeted");
            return "Hello, " + name;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({OpenToAll.class, Greeter.class})
    static class Application {}

    private static Set<String> threads() {
        Set<String> names = new TreeSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (name.startsWith("sockeye") || name.startsWith("http-nio") || name.startsWith("qtp")) {
                names.add(name + "#" + thread.getId());
            }
        }
        return names;
    }

    private record Gone(WeakReference<Object> io, WeakReference<Object> bean, int port) {}

    private static Gone liveAndDie(SocketIoClient client, Class<?> container, String... args) throws Exception {
        try (ConfigurableApplicationContext context =
                Clients.run(new Class<?>[] {Application.class, container}, args)) {
            SocketIoServer io = context.getBean(SocketIoServer.class);
            boolean own = args.length > 0;
            String url = own ? "http://localhost:" + io.port() : Clients.url(context);
            for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
                Socket socket = Clients.connect(client, url, transport);
                assertThat(socket.call("hello", SOON, "you").get(0)).isEqualTo("Hello, you");
                // and disconnected before the server stops, so that it is not busy with reconnections
                socket.io().reconnection(false);
            }
            return new Gone(
                    new WeakReference<>(io),
                    new WeakReference<>(context.getBean(Greeter.class)),
                    Integer.parseInt(url.substring(url.lastIndexOf(':') + 1)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "jetty", "netty"})
    void aClosedApplicationReleasesThreadsPortsAndBeans(String host) throws Exception {
        Class<?> container = host.equals("jetty") ? OneContainer.Jetty.class : OneContainer.Tomcat.class;
        String[] args = host.equals("netty") ? new String[] {"--sockeye.port=0"} : new String[0];
        try (SocketIoClient client = SocketIoClient.create()) {
            List<Gone> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                all.add(liveAndDie(client, container, args));
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(threads()).noneMatch(RestartTest::ofServer));
            for (Gone gone : all) {
                try (ServerSocket free = new ServerSocket()) {
                    free.setReuseAddress(true);
                    free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), gone.port()));
                }
            }
            if (host.equals("jetty")) {
                // it retains each stopped context with its servlets, including those of other applications
                return;
            }
            // Tomcat holds the application while a client has not answered a close frame, for
            // closeTimeout and ten seconds more
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                System.gc();
                assertThat(all).allSatisfy(gone -> {
                    assertThat(gone.io().get()).as("server").isNull();
                    assertThat(gone.bean().get()).as("controller").isNull();
                });
            });
        }
    }

    private static boolean ofServer(String name) {
        return !name.startsWith("sockeye-client");
    }

    @Test
    void theServerWorksAfterRepeatedRestartsOfOneContext() throws Exception {
        try (SocketIoClient client = SocketIoClient.create();
                ConfigurableApplicationContext context = Clients.run(Application.class)) {
            for (int i = 0; i < 6; i++) {
                Socket socket = Clients.connect(client, Clients.url(context), TransportName.WEBSOCKET);
                assertThat(socket.call("hello", SOON, "you").get(0)).isEqualTo("Hello, you");
                socket.io().reconnection(false);
                context.stop();
                context.start();
            }
        }
    }
}
