package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.redis.Peer.To;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.SessionBusyException;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import io.lettuce.core.RedisURI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients of a server that can no longer write to Redis: killed, paused or disconnected. The first server reaches Redis through a
 * partition, and its writes arrive late, as after a pause; the second is a Java server, the third a Node server.
 */
class StreamsTakeOverTest {
    private RedisProcess redis;
    private Partition way;
    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        redis = RedisProcess.embedded();
        way = new Partition(redis.port());
        cluster = new Cluster();
        cluster.peers.add(java(way.uri()));
        cluster.peers.add(java(redis.uri()));
        Object recovery = Map.of("maxDisconnectionDuration", 60_000);
        cluster.peers.add(new NodePeer(cluster.node, "streams", redis.port(), Map.of("blockTimeInMs", 500), recovery));
        cluster.clientOfEach();
        cluster.ready();
        cluster.primeStream();
    }

    private static JavaPeer java(String uri) throws Exception {
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.builder()
                .sessionRefresh(Duration.ofMillis(400))
                .build();
        return new JavaPeer(
                RedisStreamsAdapter.create(RedisURI.create(uri), options), ConnectionStateRecovery.defaults());
    }

    @AfterEach
    void stop() throws Exception {
        way.heal();
        cluster.close();
        way.close();
        redis.close();
    }

    private JavaPeer server(int index) {
        return (JavaPeer) cluster.peers.get(index);
    }

    /** A client of the first server with a room, data and an event. */
    private int client() {
        int client = cluster.client(server(0).url(), Map.of("reconnection", false));
        cluster.send(client, "data", Map.of("name", "joe"));
        cluster.send(client, "join", "room");
        server(1).emit(To.ALL, "first");
        assertThat(cluster.received(client, 1)).hasSize(1);
        Awaiting.until(() -> {
            String session = cluster.session(redis, client);
            return session.contains("\u00a4room") // a text of four, and not the name of the field
                    && session.contains("joe")
                    && session.contains(server(0).adapter().uid());
        });
        return client;
    }

    private void continuesOn(int to) {
        int client = client();
        String id = cluster.ids.get(client);
        way.cut();
        cluster.drop(client, cluster.peers.get(to).url());
        assertThat(cluster.received(client, 1)).hasSize(1);
        server(1).emit(To.room("room"), "missed");
        server(1).join(To.except("room"), "read");
        int reading = to;
        Awaiting.until(() -> cluster.peers.get(reading).fetchSockets(To.here()).stream()
                .allMatch(found -> ((List<?>) found.get("rooms")).contains("read")));
        cluster.comeBack(client);
        List<Object> seen = cluster.received(client, 2);
        assertThat(seen).contains(List.of("(connect)", true)).hasSize(2);
        assertThat(seen.toString()).contains("missed");
        assertThat(cluster.status(client)).containsEntry("id", id);
        Map<String, Object> found = cluster.peers.get(to).fetchSockets(To.here()).stream()
                .filter(one -> one.get("id").equals(id))
                .findFirst()
                .orElseThrow();
        assertThat(found.get("data")).isEqualTo(Map.of("name", "joe"));
        assertThat(String.valueOf(found.get("rooms"))).contains("room");
        way.heal();
        Awaiting.until(() -> server(0).adapter().health().problem() == null);
        server(0).emit(To.room("room"), "from the first");
        assertThat(cluster.received(client, 1).toString()).contains("from the first");
    }

    @Test
    void aClientOfAServerCutOffFromRedisRecoversOnAnotherServer() {
        continuesOn(1);
        String uid = server(1).adapter().uid();
        assertThat(cluster.session(redis, 3)).as("its session").contains(uid);
    }

    @Test
    void aClientOfAServerCutOffFromRedisRecoversOnANodeServer() {
        continuesOn(2);
    }

    /** The client has a new connection, and the old server does not know. */
    private void oldConnectionEnds(boolean cut) {
        int old = client();
        Map<String, Object> status = cluster.status(old);
        if (cut) {
            way.cut();
        }
        Map<String, Object> auth = Map.of("pid", status.get("pid"), "offset", status.get("offset"));
        int fresh = cluster.client(server(1).url(), Map.of("auth", auth));
        assertThat(cluster.status(fresh)).containsEntry("id", status.get("id"));
        way.heal();
        assertThat(cluster.received(old, 1)).isEqualTo(List.of(List.of("(disconnect)", "transport close")));
        Awaiting.until(
                () -> cluster.session(redis, fresh).contains(server(1).adapter().uid()));
        assertThat(cluster.status(fresh)).containsEntry("connected", true);
        server(0).emit(To.room("room"), "once");
        assertThat(cluster.received(fresh, 1)).hasSize(1);
        server(0).emit(To.room("room"), "end");
        assertThat(cluster.received(fresh, 1).toString()).contains("end");
    }

    @Test
    void theOldConnectionIsClosedWhenItsClientRecoversOnAnotherServer() {
        oldConnectionEnds(false);
    }

    @Test
    void aServerReconnectingToRedisDisconnectsAClientThatRecoveredElsewhere() {
        oldConnectionEnds(true);
    }

    @Test
    void aServerDisconnectsAClientWhoseSessionBelongsToAnotherServer() {
        int client = client();
        byte[] session = SessionCodec.encode(
                new Session(
                        cluster.ids.get(client),
                        String.valueOf(cluster.status(client).get("pid")),
                        Set.of(),
                        Map.of(),
                        null),
                "another's uid...");
        redis.ask("SET sio:session:" + cluster.status(client).get("pid") + " " + RedisLink.text(session));
        assertThat(cluster.received(client, 1)).isEqualTo(List.of(List.of("(disconnect)", "transport close")));
    }

    @Test
    void aClientRecoversOnTheServerThatStillHoldsItsOldConnection() {
        int old = client();
        Map<String, Object> status = cluster.status(old);
        Map<String, Object> auth = Map.of("pid", status.get("pid"), "offset", status.get("offset"));
        int fresh = cluster.client(server(0).url(), Map.of("auth", auth));
        assertThat(cluster.status(fresh)).containsEntry("id", status.get("id"));
        assertThat(cluster.received(old, 1).toString()).contains("(disconnect)");
        Awaiting.until(
                () -> cluster.session(redis, fresh).contains(server(0).adapter().uid()));
        server(1).emit(To.room("room"), "once");
        assertThat(cluster.received(fresh, 1).toString()).contains("once");
    }

    /** It was sent when the client was at another server, from which it has returned. */
    @Test
    void aLateMessageOfATakeOverDoesNotDisconnectAClientThatIsBack() {
        int client = client();
        String id = cluster.ids.get(client);
        ClusterMessage late = new ClusterMessage.DisconnectSockets(
                "another", "/", new BroadcastOptions(Set.of(id), Set.of(), BroadcastFlags.NONE), true);
        String channel = RedisStreamsAdapterOptions.defaults().channelPrefix() + "#/#"
                + server(0).adapter().uid() + "#";
        String document = new String(ClusterCodec.encode(late), StandardCharsets.UTF_8);
        assertThat(redis.ask("PUBLISH " + channel + " '" + document + "'")).isEqualTo("1");
        assertThat(server(1).fetchSockets(To.ALL)) // the request arrives after it
                .extracting(found -> found.get("id"))
                .contains(id);
        server(1).emit(To.room("room"), "after");
        assertThat(cluster.received(client, 1).toString()).contains("after");
    }

    /** Two servers with separate connections to Redis. */
    @Test
    void onlyOneOfTwoConcurrentServersRestoresASession() throws Exception {
        cluster.peers.add(java(redis.uri()));
        JavaPeer other = server(3);
        Awaiting.until(() -> other.adapter().serverCount().join() == 4);
        for (int round = 0; round < 5; round++) {
            int old = client();
            Map<String, Object> status = cluster.status(old);
            String pid = String.valueOf(status.get("pid"));
            String offset = String.valueOf(status.get("offset"));
            cluster.drop(old, server(1).url());
            cluster.received(old, 1);
            List<CompletableFuture<@Nullable RestoredSession>> both = List.of(
                    server(1).adapter().restoreSession(pid, offset),
                    other.adapter().restoreSession(pid, offset));
            RestoredSession first = (RestoredSession)
                    CompletableFuture.anyOf(both.get(0), both.get(1)).get(10, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            CompletableFuture<@Nullable RestoredSession> second =
                    both.get(both.get(0).isDone() ? 1 : 0);
            assertThat(second).isNotDone();
            first.release();
            assertThat(second.get(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    /** A client that reconnects immediately asks before its previous server has stored that it holds the session. */
    @Test
    void restoringASessionWaitsWhileAnotherServerIsTakingIt() throws Exception {
        int client = client();
        Map<String, Object> status = cluster.status(client);
        String key = "sio:session:" + status.get("pid");
        cluster.drop(client, server(1).url());
        cluster.received(client, 1);
        Awaiting.until(() -> cluster.session(redis, client).contains(SessionCodec.NOBODY));
        String free = redis.ask("GET " + key);
        byte[] taking =
                SessionCodec.mark(SessionCodec.taking(server(0).adapter().uid(), 1));
        String taken = free.substring(0, 4)
                + new String(taking, StandardCharsets.US_ASCII)
                + free.substring(4 + taking.length);
        redis.ask("SET " + key + " " + taken + " PX 60000");
        CompletableFuture<@Nullable RestoredSession> session = server(1)
                .adapter()
                .restoreSession(String.valueOf(status.get("pid")), String.valueOf(status.get("offset")));
        assertThatThrownBy(() -> session.get(150, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        redis.ask("SET " + key + " " + free + " PX 60000");
        assertThat(session.get(10, TimeUnit.SECONDS)).isNotNull();
    }

    /** It was killed between taking the session and storing that it holds it. */
    @Test
    void aSessionIsTakenFromADeadServerThatWasTakingIt() throws Exception {
        RedisLink link = new RedisLink(RedisURI.create(redis.uri()));
        link.retain().join();
        try {
            StreamSessions killed = sessions(link, "1111111111111111");
            StreamSessions next = sessions(link, "2222222222222222");
            Session session = new Session("sid", "lost", Set.of("room"), Map.of(), "1-1");
            redis.ask("SET sio:session:lost " + RedisLink.text(SessionCodec.encode(session, SessionCodec.NOBODY))
                    + " PX 60000");
            assertThat(killed.take("lost", "").join()).isNotNull();
            SessionBusyException busy = busy(next, "");
            busy(next, "another");
            SessionCodec.Kept kept = next.take("lost", busy.taker()).join();
            assertThat(kept).isNotNull();
            assertThat(kept.session().rooms()).containsExactly("room");
            assertThat(kept.heldByAnotherThan("2222222222222222")).isFalse();
            killed.drop(session); // it was only paused, and has lost the session
            assertThat(killed.keep("lost").join()).isFalse();
            SessionBusyException now = busy(killed, "");
            assertThat(next.keep("lost").join()).isTrue();
            assertThat(busy(killed, now.taker()).taker()).isNotEqualTo(now.taker());
        } finally {
            link.release().join();
        }
    }

    private static SessionBusyException busy(StreamSessions sessions, String deadTaker) {
        return (SessionBusyException) sessions.take("lost", deadTaker)
                .handle((kept, error) -> error instanceof CompletionException ? error.getCause() : error)
                .join();
    }

    private static StreamSessions sessions(RedisLink link, String uid) {
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.defaults();
        StreamSessions made = new StreamSessions(link, RedisLink.bytes("stream"), options);
        made.follow(uid, sid -> {});
        return made;
    }

    @Test
    void sessionsAreStoredOnceRedisIsAvailableAgain() throws Exception {
        int client = client();
        String key = "EXISTS sio:session:" + cluster.status(client).get("pid");
        redis.kill();
        Awaiting.until(() -> server(1).adapter().health().problem() != null);
        int late = cluster.client(server(1).url(), Map.of("reconnection", false));
        cluster.send(late, "join", "late");
        redis.startAgain();
        Awaiting.until(() -> cluster.session(redis, late).contains("late"));
        Awaiting.until(() -> redis.ask(key).equals("1"));
    }

    @Test
    void theSessionIsDeletedWhenItsClientDisconnects() {
        int client = client();
        String key = "EXISTS sio:session:" + cluster.status(client).get("pid");
        assertThat(redis.ask(key)).isEqualTo("1");
        cluster.leave(client);
        Awaiting.until(() -> redis.ask(key).equals("0"));
    }
}
