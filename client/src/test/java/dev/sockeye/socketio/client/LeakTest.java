package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.client.transport.TransportName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@Tag("threads")
class LeakTest {
    private static final String SERVER = TestServers.SOCKEYE.main();

    private static Set<Thread> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sockeye-client"))
                .collect(Collectors.toSet());
    }

    /** Those that run now and did not before; of earlier clients some may still be ending. */
    private static Set<Thread> newSince(Set<Thread> before) {
        Set<Thread> threads = clientThreads();
        threads.removeAll(before);
        return threads;
    }

    @Test
    void closeStopsAllThreadsAndFailsPendingCalls() throws Exception {
        Set<Thread> before = clientThreads();
        SocketIoClient io = SocketIoClient.create();
        Socket socket = io.socket(SERVER).connectBlocking(Duration.ofSeconds(20));
        assertThat(newSince(before)).isNotEmpty().allMatch(Thread::isDaemon);
        var pending = socket.emitWithAck("unknown");
        io.close();
        io.close();
        assertThatThrownBy(() -> pending.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SocketDisconnectedException.class);
        assertThatThrownBy(() -> socket.emit("hi")).isInstanceOf(IllegalStateException.class);
        await().untilAsserted(() -> assertThat(newSince(before)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(TestServers.class)
    void repeatedConnectAndDisconnectLeaksNothingInTheClient(TestServers server) throws Exception {
        try (SocketIoClient io = SocketIoClient.create()) {
            ClientOptions polling =
                    ClientOptions.builder().transports(TransportName.POLLING).build();
            ClientOptions websocket =
                    ClientOptions.builder().transports(TransportName.WEBSOCKET).build();
            for (int i = 0; i < 200; i++) {
                io.socket(server.main(), i % 2 == 0 ? polling : websocket)
                        .connectBlocking(Duration.ofSeconds(20))
                        .disconnect();
            }
            await().untilAsserted(() -> assertThat(io.heldForTests()).isZero());
        }
    }

    @Test
    void manyConnectionsShareAHandfulOfThreads() throws Exception {
        Set<Thread> before = clientThreads();
        try (SocketIoClient io = SocketIoClient.create()) {
            ClientOptions options = ClientOptions.builder()
                    .transports(TransportName.WEBSOCKET)
                    .forceNew(true)
                    .build();
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sockets.add(io.socket(SERVER, options));
            }
            await().until(() -> sockets.stream().allMatch(Socket::connected));
            await().atMost(15, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(newSince(before)).hasSizeLessThanOrEqualTo(10));
        }
    }
}
