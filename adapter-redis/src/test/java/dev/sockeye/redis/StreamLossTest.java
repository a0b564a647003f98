package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import io.lettuce.core.RedisURI;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads a stream that has lost entries that were read, as after a failover to a replica that was behind. */
class StreamLossTest {
    private final List<String> read = new CopyOnWriteArrayList<>();
    private RedisProcess redis;
    private RedisLink link;
    private StreamsTransport transport;

    @BeforeEach
    void start() throws Exception {
        redis = RedisProcess.embedded();
        link = new RedisLink(RedisURI.create(redis.uri()));
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.builder()
                .blockTime(Duration.ofMillis(200))
                .build();
        transport = new StreamsTransport(link, new StreamAppender(link, "stream", options), options);
        add("1-1", "before");
        transport.start(receiver()).get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        transport.close().join();
        redis.close();
    }

    private ClusterTransport.Receiver receiver() {
        AdapterNamespace namespace = (AdapterNamespace) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {AdapterNamespace.class},
                (proxy, method, args) -> method.getName().equals("name") ? "/" : null);
        InMemoryAdapter rooms = new InMemoryAdapter(namespace);
        return new ClusterTransport.Receiver() {
            @Override
            public void onMessage(ClusterMessage message, @Nullable String offset) {
                read.add(message.uid());
            }

            @Override
            public InMemoryAdapter local() {
                return rooms;
            }

            @Override
            public AdapterNamespace namespace() {
                return namespace;
            }

            @Override
            public String uid() {
                return "0123456789abcdef";
            }
        };
    }

    private void add(String id, String uid) {
        redis.ask("XADD stream " + id + " uid " + uid + " nsp / type 13");
    }

    private void reads(String... expected) {
        Awaiting.until(() -> read.size() >= expected.length);
        assertThat(read).containsExactly(expected);
    }

    /** The clock of the new master is behind. */
    @Test
    void entriesWithSmallerIdsAreReadAfterAFailover() {
        add("9999999999999-1", "a");
        reads("a");
        redis.ask("DEL stream");
        add("*", "b");
        redis.ask("CLIENT KILL TYPE normal");
        reads("a", "b");
        add("*", "c");
        reads("a", "b", "c");
    }

    @Test
    void entriesWithSmallerIdsAreReadOnAnOpenConnection() {
        add("9999999999999-1", "a");
        reads("a");
        redis.ask("DEL stream");
        add("*", "b");
        reads("a", "b");
    }

    @Test
    void entriesThatWereReadAreNotReadAgain() {
        add("2-1", "a");
        add("3-1", "b");
        reads("a", "b");
        redis.ask("DEL stream");
        add("1-1", "before");
        add("2-1", "a");
        add("2-2", "c");
        redis.ask("CLIENT KILL TYPE normal");
        reads("a", "b", "c");
        add("4-1", "d");
        reads("a", "b", "c", "d");
    }

    @Test
    void entriesThatWereOnlyTrimmedAreNotLost() {
        add("2-1", "a");
        reads("a");
        add("3-1", "b");
        redis.ask("XTRIM stream MAXLEN 1");
        redis.ask("CLIENT KILL TYPE normal");
        add("4-1", "c");
        reads("a", "b", "c");
    }

    /** It is needed to check the position, and for the recovery of sessions, but not to read. */
    @Test
    void theStreamIsReadAlsoIfXrangeIsNotPermitted() {
        redis.ask("ACL SETUSER default -xrange");
        redis.ask("CLIENT KILL TYPE normal");
        add("2-1", "a");
        reads("a");
        redis.ask("CLIENT KILL TYPE normal");
        add("3-1", "b");
        reads("a", "b");
    }

    /** A replica that was behind has become the master within the same millisecond, or its clock is behind. */
    @Test
    void anotherEntryWithAnIdThatWasReadIsRead() {
        add("2-1", "a");
        add("3-1", "b");
        reads("a", "b");
        redis.ask("DEL stream");
        add("1-1", "before");
        add("2-1", "a");
        add("3-1", "c");
        redis.ask("CLIENT KILL TYPE normal");
        reads("a", "b", "c");
        add("4-1", "d");
        reads("a", "b", "c", "d");
    }

    @Test
    void otherEntriesWithTheIdsOfAllThatWereReadAreRead() {
        add("2-1", "a");
        reads("a");
        redis.ask("DEL stream");
        add("1-1", "x");
        add("2-1", "y");
        redis.ask("CLIENT KILL TYPE normal");
        reads("a", "x", "y");
    }

    /** Its sender does not know whether it was added. */
    @Test
    void anEntryThatWasReadAndLostAndIsAddedAgainIsNotReadAgain() {
        redis.ask("XADD stream 5-1 uid a nsp / type 13 seq 7");
        reads("a");
        redis.ask("DEL stream");
        add("1-1", "before");
        add("2-1", "b");
        redis.ask("XADD stream 3-1 uid a nsp / type 13 seq 7");
        redis.ask("CLIENT KILL TYPE normal");
        reads("a", "b");
        add("4-1", "c");
        reads("a", "b", "c");
    }

    @Test
    void entriesAreReadAfterASecondLossAlsoIfTheIdsHaveBecomeSmallerAfterTheFirst() {
        redis.ask("EVAL \"for i = 1, 600 do redis.call('XADD', 'stream', '9999999999999-' .. i, 'uid', 'x' .. i, 'nsp',"
                + " '/', 'type', '13') end return 1\" 0");
        Awaiting.until(() -> read.size() == 600);
        read.clear();
        redis.ask("DEL stream");
        add("2-1", "a");
        redis.ask("CLIENT KILL TYPE normal");
        AtomicInteger time = new AtomicInteger(2);
        Awaiting.until(() -> {
            add(time.incrementAndGet() + "-1", "b");
            return !read.isEmpty();
        });
        read.clear();
        add("100000-1", "c");
        add("100001-1", "d");
        Awaiting.until(() -> read.contains("d"));
        redis.ask("DEL stream");
        add("100000-1", "c");
        add("100000-2", "e");
        redis.ask("CLIENT KILL TYPE normal");
        Awaiting.until(() -> read.contains("e"));
        assertThat(read).containsOnlyOnce("c", "d", "e");
    }

    /** This server was disconnected or suspended for too long. */
    @Test
    void entriesThatWereDeletedBeforeTheyWereReadAreCounted() {
        add("2-1", "a");
        reads("a");
        String kind = " nsp / type 13\r\n";
        redis.ask("MULTI\r\nCLIENT KILL TYPE normal\r\nXADD stream 3-1 uid b" + kind + "XADD stream 4-1 uid c" + kind
                + "XTRIM stream MAXLEN 1\r\nEXEC");
        reads("a", "c");
        assertThat(link.health(0).lost()).isEqualTo(1);
        redis.ask("CLIENT KILL TYPE normal");
        add("5-1", "d");
        reads("a", "c", "d");
        assertThat(link.health(0).lost()).as("counted once").isEqualTo(1);
    }
}
