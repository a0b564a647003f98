package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.transport.TransportName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An upgrade fails: the connection stays on polling, and events emitted in the meantime arrive once and in order. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestServers.class)
class FaultyUpgradeTest {
    @Parameter
    private TestServers server;

    private final SocketIoClient io = SocketIoClient.create();
    private Relay relay;

    private enum Fault {
        REFUSED,
        RESET,
        HANGS
    }

    private static Relay.Way way(Fault fault) {
        return switch (fault) {
            case REFUSED -> Relay.answering(403, "text/plain", "no");
            case RESET -> Relay.RESET;
            case HANGS -> Relay.SILENCE;
        };
    }

    @BeforeEach
    void start() throws IOException {
        relay = new Relay(server.port("main"));
    }

    @AfterEach
    void close() throws IOException {
        io.close();
        relay.close();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void pollingContinuesWhenTheUpgradeFails(Fault fault) throws Exception {
        relay.webSocketWay(way(fault));
        String key = UUID.randomUUID().toString();
        ClientOptions options = ClientOptions.builder()
                .forceNew(true)
                .upgradeTimeout(Duration.ofMillis(200))
                .build();
        List<DisconnectReason> reasons = new CopyOnWriteArrayList<>();
        Socket socket = io.socket(
                        relay.url(), options, each -> each.onDisconnect((reason, more) -> reasons.add(reason)))
                .connectBlocking(Duration.ofSeconds(10));
        int count = 0;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
        while (System.nanoTime() < end) { // from before the fault to after it
            for (int i = 0; i < 5; i++) {
                socket.emit("note", key, count++);
            }
            assertThat(socket.call("notes", Duration.ofSeconds(20), key).get(0))
                    .isEqualTo(IntStream.range(0, count).boxed().toList());
        }
        assertThat(socket.io().transport()).isEqualTo(TransportName.POLLING);
        assertThat(reasons).isEmpty();
    }
}
