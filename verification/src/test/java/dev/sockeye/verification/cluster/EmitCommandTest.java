package dev.sockeye.verification.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.cli.Main;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** {@code ./sockeye emit} with each real broker; here, because the tests of the command have no PostgreSQL and no Kafka. */
class EmitCommandTest {
    private final StringWriter err = new StringWriter();

    private int emit(Broker broker, String uri, String... arguments) {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of("emit", option(broker), uri, "--timeout", "60"));
        all.addAll(List.of(arguments));
        return line.execute(all.toArray(new String[0]));
    }

    private static String option(Broker broker) {
        return switch (broker) {
            case PUBSUB -> "--redis";
            case STREAMS -> "--redis-streams";
            default -> "--" + broker.name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SHARDED") // has no emitter
    void anEventReachesTheClientsOfARoom(Broker broker) throws Exception {
        BrokerServer started = broker.start(false);
        assumeTrue(started != null, broker.missing());
        try (started;
                SocketIoServer server = SocketIoServer.create(SocketIoServerOptions.builder()
                        .adapter(broker.adapter(started.uri()))
                        .build());
                SocketIoClient io = SocketIoClient.create()) {
            server.of("/admin").onConnection(socket -> socket.join("orders"));
            server.listen(0);
            LinkedBlockingQueue<List<?>> received = new LinkedBlockingQueue<>();
            Socket client = io.socket("http://127.0.0.1:" + server.port() + "/admin");
            client.onAny((event, args) -> received.add(List.of(event, args.toList())));
            client.connectBlocking(Duration.ofSeconds(30));
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
                emit(broker, started.uri(), "--namespace", "/admin", "ready");
                return received.poll(1, TimeUnit.SECONDS) != null;
            });

            int other = emit(broker, started.uri(), "--namespace", "/admin", "--room", "other", "wrong");
            int code = emit(
                    broker,
                    started.uri(),
                    "--namespace",
                    "/admin",
                    "--room",
                    "orders",
                    "shipped",
                    "{\"id\": 4711}",
                    "[1]");

            assertThat(List.of(other, code)).as(err.toString()).containsExactly(0, 0);
            List<?> event = received.poll(30, TimeUnit.SECONDS);
            while (List.of("ready", List.of()).equals(event)) {
                event = received.poll(30, TimeUnit.SECONDS);
            }
            assertThat(String.valueOf(event)).isEqualTo("[shipped, [{id=4711}, [1]]]");
        }
    }
}
