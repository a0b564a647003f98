package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka specifics: security, partitions by room, the emitter, topics that cannot be used. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaAdapterTest {
    private KafkaProcess kafka;

    @BeforeAll
    void start() throws Exception {
        kafka = KafkaProcess.shared();
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(condition);
    }

    private static SocketIoServer server(Map<String, Object> properties, KafkaAdapterOptions options, boolean recovery)
            throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(KafkaAdapter.create(properties, options))
                .connectionStateRecovery(recovery)
                .build());
        io.onConnection(socket -> {});
        io.listen(0);
        return io;
    }

    private static ClusterHealth health(SocketIoServer io) {
        return ((ClusterAdapter) io.of("/").adapter()).health();
    }

    private Map<String, Object> plain() {
        return Map.of("bootstrap.servers", kafka.servers());
    }

    private static KafkaAdapterOptions.Builder topic(String name) {
        return KafkaAdapterOptions.builder().topic(name);
    }

    /** A client that adds the arguments of each "event" to the queue. */
    private static Socket client(SocketIoClient io, SocketIoServer server, LinkedBlockingQueue<Object> got)
            throws InterruptedException {
        Socket socket = io.socket(
                "http://127.0.0.1:" + server.port(),
                ClientOptions.builder().forceNew(true).build(),
                made -> made.on("event", (args, ack) -> got.add(args.get(0))));
        return socket.connectBlocking(Duration.ofSeconds(20));
    }

    @Test
    void securityPropertiesApplyToAllConnections() throws Exception {
        SocketIoServer one = server(kafka.secure("secret"), topic("secure").build(), false);
        SocketIoServer other = server(kafka.secure("secret"), topic("secure").build(), false);
        SocketIoServer wrong = server(kafka.secure("wrong"), topic("secure").build(), false);
        until(() -> one.of("/").adapter().serverCount().join() == 2
                && other.of("/").adapter().serverCount().join() == 2);
        until(() -> String.valueOf(health(wrong).problem()).contains("Authentication failed"));
        one.close();
        other.close();
        wrong.close();
    }

    @Test
    void anEmitterReachesClientsWithPartitioningByRoom() throws Exception {
        KafkaAdapterOptions options = topic("by-room")
                .partitions(4)
                .partitioning(KafkaAdapterOptions.Partitioning.ROOM)
                .build();
        SocketIoServer server = server(plain(), options, false);
        until(() -> health(server).connected());
        LinkedBlockingQueue<Object> got = new LinkedBlockingQueue<>();
        try (SocketIoClient io = SocketIoClient.create();
                Emitter emitter = KafkaEmitter.connect(plain(), options)) {
            client(io, server, got);
            emitter.socketsJoin("a", "b", "c").get(20, TimeUnit.SECONDS);
            until(() -> server.of("/").to("c").fetchSockets().join().size() == 1);
            for (String room : List.of("a", "b", "c")) {
                emitter.batch(batch -> {
                            for (int i = 0; i < 20; i++) {
                                batch.to(room).emit("event", room + i);
                            }
                        })
                        .get(20, TimeUnit.SECONDS);
                for (int i = 0; i < 20; i++) {
                    assertThat(got.poll(20, TimeUnit.SECONDS)).isEqualTo(room + i);
                }
            }
        }
        server.close();
    }

    @Test
    void recoveryIsRefusedWithPartitioningByRoom() {
        KafkaAdapterOptions options = topic("refused")
                .partitioning(KafkaAdapterOptions.Partitioning.ROOM)
                .build();
        KafkaTransport transport = new KafkaTransport(new KafkaLink(new ClientProperties(plain()), options));
        assertThatThrownBy(() -> transport.start(new RecoveringReceiver()).get(5, TimeUnit.SECONDS))
                .hasMessageContaining("Partitioning.NAMESPACE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"compacted", "compacted2-requests", "compacted3-sessions"})
    void healthReportsACompactedTopic(String name) throws Exception {
        try (Admin admin = Admin.create(plain())) {
            NewTopic compacted = new NewTopic(name, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
            admin.createTopics(List.of(compacted)).all().get(20, TimeUnit.SECONDS);
        }
        SocketIoServer server =
                server(plain(), topic(name.replaceAll("-.*", "")).build(), true);
        until(() -> String.valueOf(health(server).problem()).contains("compacted, which would lose events"));
        server.close();
    }

    @Test
    void healthReportsAMissingTopicWhenTopicCreationIsDisabled() throws Exception {
        SocketIoServer server =
                server(plain(), topic("missing").createTopics(false).build(), false);
        until(() -> String.valueOf(health(server).problem()).contains("the topic missing does not exist"));
        server.close();
    }

    /** Servers compare the times of records of the sessions topic, and their clocks differ. */
    @Test
    void theBrokersSetTheTimesOfSessions() throws Exception {
        KafkaAdapterOptions options = topic("clocks").build();
        SocketIoServer server = server(plain(), options, true);
        until(() -> health(server).connected());
        try (Admin admin = Admin.create(plain())) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, options.sessionTopic());
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get(20, TimeUnit.SECONDS)
                            .get(resource)
                            .get("message.timestamp.type")
                            .value())
                    .isEqualTo("LogAppendTime");
        }
        server.close();
    }

    /** A client that reconnects immediately asks before its previous server has stored that it holds the session. */
    @Test
    void restoringASessionWaitsWhileAnotherServerIsTakingIt() throws Exception {
        KafkaAdapterOptions options = topic("busy").build();
        SocketIoServer server = server(plain(), options, true);
        until(() -> health(server).connected());
        ClusterAdapter adapter = (ClusterAdapter) server.of("/").adapter();
        server.emit("event", 1);
        until(() -> adapter.currentOffset() != null);
        byte[] session = KafkaSessions.encode(new Session("sid", "pid", Set.of("room"), Map.of(), null));
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(new ClientProperties(plain()).producer())) {
            write(producer, options, SessionTable.STORE, "leaving", 1, session);
            write(producer, options, SessionTable.TAKE, "other", 0, new byte[0]);
            CompletableFuture<@Nullable RestoredSession> restored =
                    adapter.restoreSession("pid", adapter.currentOffset());
            assertThatThrownBy(() -> restored.get(150, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            write(producer, options, SessionTable.STORE, "other", 2, session);
            assertThat(restored.get(10, TimeUnit.SECONDS)).isNotNull();
        }
        server.close();
    }

    /** Writes a record of a session as another server does. */
    private static void write(
            Producer<byte[], byte[]> producer,
            KafkaAdapterOptions options,
            String kind,
            String sender,
            long epoch,
            byte[] value)
            throws Exception {
        String topic = options.sessionTopic();
        int partition =
                Math.floorMod("pid".hashCode(), producer.partitionsFor(topic).size());
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, Headers.bytes("pid"), value);
        record.headers()
                .add(Headers.KIND, Headers.bytes(kind))
                .add(Headers.SENDER, Headers.bytes(sender))
                .add(Headers.EPOCH, Headers.bytes(epoch))
                .add(Headers.KEEP, Headers.bytes(60_000))
                .add(Headers.ATTEMPT, Headers.bytes("attempt"));
        producer.send(record).get(20, TimeUnit.SECONDS);
    }

    @Test
    void emittingFailsWhenKafkaIsUnreachable() {
        try (Emitter emitter = KafkaEmitter.connect("127.0.0.1:1")) {
            assertThatThrownBy(() -> emitter.emit("event", 1).get(30, TimeUnit.SECONDS))
                    .isNotNull();
        }
    }

    @Test
    void offsetsAndBootstrapServersAreValidated() {
        assertThat(List.of("0.-1", "0.0", "12.345")).allMatch(Offsets::isOffset);
        assertThat(List.of("", "1", "1.", ".1", "-1.2", "1.-2", "a.b", "1.2.3", "1.9999999999999999999"))
                .noneMatch(Offsets::isOffset);
        assertThat(Offsets.compare("0.9", "0.10")).isNegative();
        assertThatThrownBy(() -> KafkaAdapter.create(Map.of(), KafkaAdapterOptions.defaults()))
                .hasMessageContaining("bootstrap.servers");
    }
}
