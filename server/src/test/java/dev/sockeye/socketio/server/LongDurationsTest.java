package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Durations that overflow in nanoseconds. */
class LongDurationsTest {
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    static Stream<Arguments> options() {
        return Stream.of(
                option(
                        "connectTimeout",
                        () -> SocketIoServerOptions.builder()
                                .connectTimeout(FOREVER)
                                .build()),
                option(
                        "closeTimeout",
                        () -> SocketIoServerOptions.builder()
                                .closeTimeout(FOREVER)
                                .build()),
                option(
                        "maxDisconnectionDuration",
                        () -> ConnectionStateRecovery.builder()
                                .maxDisconnectionDuration(FOREVER)
                                .build()),
                option(
                        "requestsTimeout",
                        () -> ClusterOptions.builder().requestsTimeout(FOREVER).build()),
                option(
                        "heartbeatTimeout",
                        () -> ClusterOptions.builder().heartbeatTimeout(FOREVER).build()));
    }

    private static Arguments option(String name, ThrowingCallable build) {
        return arguments(name, build);
    }

    @ParameterizedTest
    @MethodSource("options")
    void anOptionThatIsTooLongIsRefusedWithItsName(String name, ThrowingCallable build) {
        assertThatThrownBy(build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + " must be at most 26000 days");
    }

    @Test
    void aVeryLongAckTimeoutNeverExpires() {
        TestServer server = new TestServer();
        List<Socket> sockets = new ArrayList<>();
        server.io.onConnection(sockets::add);
        FakeClient client = server.connect();
        CompletableFuture<?> answer = sockets.get(0).timeout(FOREVER).emitWithAck("e");
        CompletableFuture<?> answers = server.io.timeout(FOREVER).emitWithAck("all");
        client.text("430[1]");
        client.text("431[2]");
        assertThat(answer).isCompleted();
        assertThat(answers).isCompleted();
    }

    @Test
    void aServerWithTheLongestCloseTimeoutClosesAndTerminates() throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .closeTimeout(Duration.ofDays(26_000))
                .build());
        io.close();
        assertThat(io.awaitTermination(FOREVER)).isTrue();
    }
}
