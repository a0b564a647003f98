package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.Peer.Answers;
import dev.sockeye.redis.Peer.To;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests the cluster in all directions: two Java and two Node servers, with official clients on each. The
 * subclasses for each adapter define the names and tags of the tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MixedClusterContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final byte[] BINARY = {1, 2, 3};

    RedisProcess redis;
    Cluster cluster;

    abstract RedisProcess startRedis() throws Exception;

    abstract Peer java() throws Exception;

    abstract Peer node();

    @BeforeAll
    void start() throws Exception {
        redis = startRedis();
        cluster = new Cluster();
        cluster.peers.add(java());
        cluster.peers.add(java());
        cluster.peers.add(node());
        cluster.peers.add(node());
        cluster.clientOfEach();
        cluster.ready();
        settle();
    }

    /** Waits until no message can be missed any more, if the adapter requires it. */
    void settle() {}

    /** Waits until a server that a test added and closed is forgotten. */
    @BeforeEach
    void awaitServers() {
        cluster.awaitServers(peers().size());
    }

    @AfterAll
    void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    List<Peer> peers() {
        return cluster.peers;
    }

    /** Checks that these clients receive exactly this event: all clients then receive an end event, with nothing in between. */
    void expect(Runnable end, String what, List<?> event, int... receivers) {
        for (int receiver : receivers) {
            assertThat(cluster.received(receiver, 1))
                    .as(what + " to " + receiver)
                    .isEqualTo(List.of(event));
        }
        end.run();
        for (int i = 0; i < 4; i++) {
            assertThat(cluster.received(i, 1))
                    .as(what + ": nothing more at " + i)
                    .isEqualTo(List.of(List.of("end")));
        }
    }

    private void expect(Peer sender, List<?> event, int... receivers) {
        expect(() -> sender.emit(To.ALL, "end"), String.valueOf(sender), event, receivers);
    }

    static <T> void eventually(Supplier<T> actual, T expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(actual.get()).isEqualTo(expected));
    }

    boolean in(int client, String room) {
        return peers().get(0).fetchSockets(To.room(cluster.ids.get(client))).stream()
                .anyMatch(found -> ((List<?>) found.get("rooms")).contains(room));
    }

    void broadcast() {
        for (Peer sender : peers()) {
            sender.emit(To.ALL, "all", 1, "2", BINARY, List.of(true, Map.of("a", "b")));
            expect(sender, List.of("all", 1, "2", "bin:010203", List.of(true, Map.of("a", "b"))), 0, 1, 2, 3);
            sender.emit(To.ALL, "text", "ü\u2028", 1.5, -7, 4294967296L);
            expect(sender, List.of("text", "ü\u2028", 1.5, -7, 4294967296L), 0, 1, 2, 3);
        }
    }

    void namespace() {
        int java = cluster.client(peers().get(0).url() + "/custom", Map.of());
        int node = cluster.client(peers().get(3).url() + "/custom", Map.of());
        for (Peer sender : peers()) {
            sender.emit(To.namespace("/custom"), "there");
            assertThat(cluster.received(java, 1)).isEqualTo(List.of(List.of("there")));
            assertThat(cluster.received(node, 1)).isEqualTo(List.of(List.of("there")));
            expect(sender, List.of());
        }
    }

    void rooms() {
        cluster.send(1, "join", "r1");
        cluster.send(2, "join", "r1");
        cluster.send(2, "join", "r2");
        cluster.send(3, "join", "r2");
        for (Peer sender : peers()) {
            sender.emit(To.room("r1"), "one room");
            expect(sender, List.of("one room"), 1, 2);
            sender.emit(To.room("r1", "r2"), "two rooms");
            expect(sender, List.of("two rooms"), 1, 2, 3);
            sender.emit(To.except("r1"), "except");
            expect(sender, List.of("except"), 0, 3);
            for (int i = 0; i < 4; i++) {
                sender.emit(To.room(cluster.ids.get(i)), "one socket");
                expect(sender, List.of("one socket"), i);
            }
        }
        peers().get(0).leave(To.ALL, "r1", "r2");
        eventually(() -> in(2, "r1") || in(3, "r2"), false);
    }

    void local() {
        for (int i = 0; i < 4; i++) {
            peers().get(i).emit(To.here(), "here");
            expect(peers().get(i), List.of("here"), i);
            assertThat(peers().get(i).fetchSockets(To.here()))
                    .extracting(found -> found.get("id"))
                    .containsExactly(cluster.ids.get(i));
        }
    }

    void acknowledgements() {
        cluster.reply(0, 1);
        cluster.reply(1, "2");
        cluster.reply(2, BINARY);
        cluster.reply(3, List.of("four"));
        for (Peer sender : peers()) {
            Answers answers = sender.emitWithAck(To.ALL, TIMEOUT, "ack");
            assertThat(answers.error()).as(sender + " is answered").isNull();
            assertThat(answers.values().stream().map(String::valueOf))
                    .as("the answers that " + sender + " got")
                    .containsExactlyInAnyOrder("1", "2", "bin:010203", "[four]");
            expect(sender, List.of("ack"), 0, 1, 2, 3);
            for (int i = 0; i < 4; i++) {
                Answers one = sender.emitWithAck(To.room(cluster.ids.get(i)), TIMEOUT, "ack", BINARY);
                assertThat(one.values()).as(sender + " asks " + i).hasSize(1);
                expect(sender, List.of("ack", "bin:010203"), i);
            }
        }
    }

    void noClient() {
        for (Peer sender : peers()) {
            long start = System.nanoTime();
            assertThat(sender.emitWithAck(To.room("nowhere"), TIMEOUT, "ack")).isEqualTo(new Answers(List.of(), null));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(14));
        }
    }

    void partialAnswers() throws Exception {
        cluster.reply(0, 1);
        cluster.reply(1, 2);
        cluster.reply(2, 3);
        cluster.noReply(3);
        List<Answers> all = together(peers(), sender -> sender.emitWithAck(To.ALL, Duration.ofSeconds(3), "ack"));
        for (int i = 0; i < 4; i++) {
            assertThat(all.get(i).error()).isEqualTo("operation has timed out");
            assertThat(all.get(i).values().stream().map(String::valueOf))
                    .as("the answers that " + peers().get(i) + " got")
                    .containsExactlyInAnyOrder("1", "2", "3");
            assertThat(cluster.received(i, 4)).isEqualTo(Collections.nCopies(4, List.of("ack")));
        }
    }

    /** The results of calls of several servers at the same time, because each call waits for its timeout. */
    private static List<Answers> together(List<Peer> senders, Function<Peer, Answers> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(senders.size());
        try {
            List<Future<Answers>> running = new ArrayList<>();
            senders.forEach(sender -> running.add(threads.submit(() -> call.apply(sender))));
            List<Answers> results = new ArrayList<>();
            for (Future<Answers> one : running) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    void joinAndLeaveAll() {
        for (Peer sender : peers()) {
            sender.join(To.ALL, "j1", "j2");
            for (int i = 0; i < 4; i++) {
                int client = i;
                eventually(() -> in(client, "j1") && in(client, "j2"), true);
            }
            sender.leave(To.ALL, "j1", "j2");
            for (int i = 0; i < 4; i++) {
                int client = i;
                eventually(() -> in(client, "j1") || in(client, "j2"), false);
            }
        }
    }

    void joinAndLeaveMatching() {
        cluster.send(0, "join", "m");
        cluster.send(3, "join", "m");
        for (Peer sender : peers()) {
            sender.join(To.room("m"), "m1");
            eventually(() -> in(0, "m1") && in(3, "m1"), true);
            assertThat(in(1, "m1") || in(2, "m1")).isFalse();
            sender.leave(To.room("m"), "m1");
            eventually(() -> in(0, "m1") || in(3, "m1"), false);
        }
    }

    void joinAndLeaveOne() {
        for (Peer sender : peers()) {
            for (int i = 0; i < 4; i++) {
                int client = i;
                sender.join(To.room(cluster.ids.get(i)), "o1");
                eventually(() -> in(client, "o1"), true);
                assertThat(in((i + 1) % 4, "o1")).isFalse();
                sender.leave(To.room(cluster.ids.get(i)), "o1");
                eventually(() -> in(client, "o1"), false);
            }
        }
    }

    void fetch() {
        for (int i = 0; i < 4; i++) {
            cluster.send(i, "data", Map.of("number", i, "nested", Map.of("a", List.of(1, "2"))));
        }
        for (Peer sender : peers()) {
            assertThat(sender.fetchSockets(To.ALL))
                    .as("what " + sender + " finds")
                    .extracting(found -> (String) found.get("id"))
                    .containsExactlyInAnyOrderElementsOf(cluster.ids.subList(0, 4));
            for (int i = 0; i < 4; i++) {
                List<Map<String, Object>> one = sender.fetchSockets(To.room(cluster.ids.get(i)));
                assertThat(one).hasSize(1);
                assertThat(one.get(0).get("id")).isEqualTo(cluster.ids.get(i));
                assertThat(((List<?>) one.get(0).get("rooms")).contains(cluster.ids.get(i)))
                        .isTrue();
                assertThat(one.get(0).get("data"))
                        .isEqualTo(Map.of("number", i, "nested", Map.of("a", List.of(1, "2"))));
                Map<?, ?> handshake = (Map<?, ?>) one.get(0).get("handshake");
                assertThat(String.valueOf(handshake.get("url"))).startsWith("/socket.io/?EIO=4");
                assertThat(String.valueOf(handshake.get("query"))).contains("transport");
            }
        }
    }

    void disconnect() {
        for (Peer sender : peers()) {
            sender.emit(To.ALL, "bye");
            sender.disconnect(To.ALL, true);
            for (int i = 0; i < 4; i++) {
                List<Object> seen = cluster.received(i, 2);
                assertThat(seen.get(0)).as(sender + " at " + i).isEqualTo(List.of("bye"));
                assertThat(((List<?>) seen.get(1)).get(0)).isEqualTo("(disconnect)");
            }
            cluster.reconnectAll();
        }
    }

    void serverSide() {
        peers().forEach(peer -> peer.answer("plain", "unused", true));
        for (Peer sender : peers()) {
            sender.serverSideEmit("plain", "world", 1, List.of("x"));
            for (Peer peer : peers()) {
                List<?> expected = peer == sender ? List.of() : List.of(List.of("plain", "world", 1, List.of("x")));
                eventually(peer::serverEvents, expected);
            }
        }
    }

    /** Node servers write binary as JSON objects there; they can read ours. */
    void serverSideBinary() {
        peers().forEach(peer -> peer.answer("binary", "ok", false));
        for (Peer sender : peers().subList(0, 2)) {
            Answers answers = sender.serverSideEmitWithAck("binary", BINARY);
            assertThat(answers.values()).asString().isEqualTo("[ok, ok, ok]");
            for (Peer peer : peers()) {
                List<?> expected = peer == sender ? List.of() : List.of(List.of("binary", "bin:010203"));
                eventually(peer::serverEvents, expected);
            }
        }
    }

    void serverSideAnswers() {
        for (int i = 0; i < 4; i++) {
            peers().get(i).answer("asked", "answer " + i, false);
        }
        for (int i = 0; i < 4; i++) {
            Answers answers = peers().get(i).serverSideEmitWithAck("asked", 1);
            assertThat(answers.error()).isNull();
            assertThat(answers.values().stream().map(String::valueOf))
                    .hasSize(3)
                    .doesNotContain("answer " + i)
                    .allMatch(answer -> answer.startsWith("answer "));
        }
        peers().forEach(Peer::serverEvents);
    }

    /** One Java and one Node server do not answer; the others return the answers received. */
    void serverSideTimeout() throws Exception {
        for (int i = 0; i < 4; i++) {
            peers().get(i).answer("silent", "answer " + i, i == 1 || i == 3);
        }
        List<Answers> all =
                together(List.of(peers().get(0), peers().get(2)), sender -> sender.serverSideEmitWithAck("silent"));
        for (int i : new int[] {0, 2}) {
            Answers answers = all.get(i / 2);
            assertThat(answers.error()).startsWith("timeout reached: only 1 responses received out of 3");
            assertThat(answers.values()).asString().isEqualTo("[answer " + (2 - i) + "]");
        }
        peers().forEach(Peer::serverEvents);
    }
}
