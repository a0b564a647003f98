package dev.sockeye.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.cli.Main;
import dev.sockeye.redis.RedisAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import redis.embedded.RedisServer;

class EmitCommandTest {
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    void anEventReachesServersThroughRedis() throws Exception {
        int port = freePort();
        RedisServer redis =
                RedisServer.newRedisServer().port(port).setting("save \"\"").build();
        redis.start();
        String uri = "redis://127.0.0.1:" + port;
        BlockingQueue<List<?>> received = new LinkedBlockingQueue<>();
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(RedisAdapter.create(uri))
                .build());
        try {
            io.of("/admin").onServerSideEvent("told", (args, ack) -> received.add(args.toList()));
            io.listen(0);
            ClusterAdapter adapter = (ClusterAdapter) io.of("/admin").adapter();
            Awaitility.await()
                    .until(() -> adapter.serverCount().join() == 1
                            && adapter.health().connected());
            Awaitility.await().until(() -> {
                assertThat(run(
                                "emit",
                                "--redis",
                                uri,
                                "--namespace",
                                "/admin",
                                "--server-side",
                                "told",
                                "1",
                                "\"two words\"",
                                "{\"a\": [true]}"))
                        .isZero();
                List<?> args = received.poll(1, TimeUnit.SECONDS);
                return args != null && args.toString().equals("[1, two words, {a=[true]}]");
            });
            assertThat(run("emit", "--redis-streams", uri, "--room", "x", "--except", "y", "event"))
                    .isZero();
            assertThat(err.toString()).isEmpty();
        } finally {
            io.closeAsync().join();
            redis.stop();
        }
    }

    @Test
    void anUnreachableBrokerIsReportedInOneLineWithExitCode1() throws Exception {
        assertThat(run("emit", "--postgres", "jdbc:postgresql://127.0.0.1:" + freePort() + "/db", "event"))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .filteredOn(line -> line.startsWith("sockeye: "))
                .singleElement()
                .asString()
                .contains("the event was not sent")
                .contains("refused");
    }

    @Test
    void anUnreachableRedisIsReportedOnce() throws Exception {
        String address = "redis://127.0.0.1:" + freePort();
        assertThat(run("emit", "--redis", address, "--timeout", "1", "event")).isEqualTo(1);
        assertThat(err.toString().lines())
                .filteredOn(line -> line.startsWith("sockeye: "))
                .singleElement()
                .asString()
                .contains("the event was not sent");
    }

    @Test
    void anUnreachableKafkaExitsWithCode1AndUnreadablePropertiesWithCode2(@TempDir Path folder) throws Exception {
        String address = "127.0.0.1:" + freePort();
        Path properties = Files.writeString(folder.resolve("kafka.properties"), "bootstrap.servers=" + address);
        assertThat(run("emit", "--kafka", address, "--timeout", "1", "event")).isEqualTo(1);
        assertThat(run("emit", "--kafka-properties", properties.toString(), "--timeout", "1", "event"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("the event was not sent: no answer within 1 s");
        assertThat(run("emit", "--kafka-properties", folder.resolve("none").toString(), "event"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("cannot read");
    }

    @Test
    void invalidArgumentsExitWithCode2() {
        assertThat(run("emit", "event")).isEqualTo(2);
        assertThat(run("emit", "--redis", "redis://localhost", "event", "{not json"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("not JSON");
        assertThat(run("emit", "--redis", "redis://localhost", "--postgres", "jdbc:postgresql:x", "event"))
                .isEqualTo(2);
        assertThat(run("emit", "--postgres", "postgres://localhost", "event")).isEqualTo(2);
        assertThat(err.toString()).contains("does not start with jdbc:postgresql:");
        assertThat(run("emit", "--postgres-durable", "postgresql://me:s3cret@localhost/db", "event"))
                .isEqualTo(2);
        assertThat(run("emit", "--redis", "@nowhere", "event")).isEqualTo(2);
        assertThat(err.toString()).contains("cannot read nowhere of --redis").doesNotContain("s3cret");
    }
}
