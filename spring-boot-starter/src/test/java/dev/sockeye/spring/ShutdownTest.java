package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** A handler that never comes to its end does not keep the application. */
@Timeout(120)
final class ShutdownTest {
    private static final int PHASE_SECONDS = 8;

    /** The latch that a stuck handler waits for. */
    private static final class Stuck {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch never = new CountDownLatch(1);

        void run() {
            reached.countDown();
            while (true) {
                try {
                    never.await();
                    return;
                } catch (InterruptedException e) {
                    // it does not listen
                }
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToAll.class)
    static class Application {
        @Bean
        Stuck stuck(SocketIoServer io) {
            Stuck stuck = new Stuck();
            io.onConnection(socket -> socket.on("stick", (args, ack) -> stuck.run()));
            return stuck;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "jetty", "netty"})
    void shutdownWithAStuckHandlerEndsWithinThePhaseAndIsLogged(String host) throws Exception {
        Class<?> container = host.equals("jetty") ? OneContainer.Jetty.class : OneContainer.Tomcat.class;
        ConfigurableApplicationContext context = Clients.run(
                new Class<?>[] {Application.class, container},
                "--server.shutdown=graceful",
                "--spring.lifecycle.timeout-per-shutdown-phase=" + PHASE_SECONDS + "s",
                host.equals("netty") ? "--sockeye.port=0" : "--sockeye.enabled=true");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        ((Logger) LoggerFactory.getLogger(SockeyeLifecycle.class)).addAppender(log);
        Stuck stuck = context.getBean(Stuck.class);
        try (SocketIoClient client = SocketIoClient.create()) {
            String url = host.equals("netty")
                    ? "http://localhost:"
                            + context.getBean(SocketIoServer.class).port()
                    : Clients.url(context);
            CountDownLatch left = new CountDownLatch(1);
            Socket socket = client.socket(
                            url,
                            ClientOptions.builder()
                                    .transports(TransportName.WEBSOCKET)
                                    .reconnection(false)
                                    .build())
                    .connectBlocking(SOON);
            socket.onDisconnect((reason, details) -> left.countDown());
            socket.emit("stick");
            assertThat(stuck.reached.await(10, TimeUnit.SECONDS)).isTrue();

            long start = System.nanoTime();
            context.close();
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(PHASE_SECONDS * 1000L);
            assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("while handlers of 1 client(s) were still running"));
        } finally {
            stuck.never.countDown();
        }
    }

    /** Spring's executor starts no tasks after it was stopped, so its phase must end after that of the server. */
    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void theServerIsClosedBeforeTheExecutorOfItsHandlersIsStopped(String host) throws Exception {
        ConfigurableApplicationContext context = Clients.run(
                new Class<?>[] {Application.class, OneContainer.Tomcat.class},
                "--sockeye.execution=application",
                host.equals("netty") ? "--sockeye.port=0" : "--sockeye.enabled=true");
        SocketIoServer io = context.getBean(SocketIoServer.class);
        List<String> seen = new CopyOnWriteArrayList<>();
        io.onConnection(socket -> socket.onDisconnect((reason, description) -> seen.add(
                reason.text() + " on " + Thread.currentThread().getName().replaceAll("[0-9]+", "N"))));
        try (SocketIoClient client = SocketIoClient.create()) {
            String url = host.equals("netty") ? "http://localhost:" + io.port() : Clients.url(context);
            Socket socket = Clients.connect(client, url, TransportName.WEBSOCKET);
            socket.io().reconnection(false);
            context.stop();
            assertThat(seen).containsExactly("server shutting down on task-N");
            context.start();
            url = host.equals("netty") ? "http://localhost:" + io.port() : Clients.url(context);
            socket = Clients.connect(client, url, TransportName.WEBSOCKET);
            socket.io().reconnection(false);
            context.close();
            assertThat(seen).containsExactly("server shutting down on task-N", "server shutting down on task-N");
        } finally {
            context.close();
        }
    }
}
