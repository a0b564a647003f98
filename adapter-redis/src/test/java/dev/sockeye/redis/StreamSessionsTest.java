package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.Msgpack;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads missed events from a simulated stream, to which entries are added, and from which they are deleted. */
class StreamSessionsTest {
    private final RejectingConnections wires = new RejectingConnections();
    private final RedisLink link = new RedisLink((resources, opening, timers) -> wires);
    private final StreamSessions sessions =
            new StreamSessions(link, RedisLink.bytes("stream"), RedisStreamsAdapterOptions.defaults());
    private final TreeMap<Integer, StreamMessage<byte[], byte[]>> entries = new TreeMap<>();
    private final List<String> received = new ArrayList<>();
    private int pages;
    private Runnable afterPage = () -> {};

    @BeforeEach
    void open() {
        link.retain().join();
        wires.stream = (range, limit) -> {
            pages++;
            List<StreamMessage<byte[], byte[]>> found = new ArrayList<>();
            String upper = range.getUpper().getValue();
            entries.tailMap(number(range.getLower().getValue())).values().stream()
                    .filter(entry -> upper == null || StreamIds.compare(entry.getId(), upper) <= 0)
                    .limit(limit.getCount())
                    .forEach(found::add);
            afterPage.run();
            return found;
        };
    }

    @AfterEach
    void close() {
        link.release().join();
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(0, id.indexOf('-')));
    }

    private void add(int first, int last) {
        for (int i = first; i <= last; i++) {
            entries.put(
                    i,
                    new StreamMessage<>(
                            RedisLink.bytes("stream"),
                            i + "-0",
                            Map.of(
                                    RedisLink.bytes("uid"), RedisLink.bytes("other"),
                                    RedisLink.bytes("nsp"), RedisLink.bytes("/"),
                                    RedisLink.bytes("type"), RedisLink.bytes("2"))));
        }
    }

    private boolean read(String from, String until) {
        return sessions.readAfter(from, until, "/", (offset, message) -> received.add(offset))
                .join();
    }

    @Test
    void theMissedEntriesAreReadInPages() {
        add(1, 1_300);
        assertThat(read("100-0", "1300-0")).isTrue();
        assertThat(received).hasSize(1_200).startsWith("101-0").endsWith("1300-0");
    }

    /** More entries are added than are read. */
    @Test
    void aRecoveryEndsUnderOverload() {
        add(1, 1_000);
        afterPage = () -> add(entries.lastKey() + 1, entries.lastKey() + 600);
        assertThat(read("1-0", "1000-0")).isTrue();
        assertThat(pages).isLessThan(5);
        assertThat(received).contains("2-0", "1000-0");
    }

    @Test
    void aRecoveryFailsIfItsEntriesAreDeletedWhileItReads() {
        add(1, 1_300);
        afterPage = () -> entries.headMap(900).clear();
        assertThat(read("1-0", "1300-0")).isFalse();
    }

    @Test
    void aRecoveryFailsIfTheLastEntryOfTheClientWasDeleted() {
        add(10, 20);
        assertThat(read("9-0", "20-0")).isFalse();
        assertThat(received).isEmpty();
    }

    /** The client was connected to a server that is further ahead. */
    @Test
    void nothingIsReadIfThisServerHasDeliveredLessThanTheClientHas() {
        add(1, 20);
        assertThat(read("15-0", "12-0")).isTrue();
        assertThat(received).isEmpty();
    }

    /** An object of the application that throws an error. */
    public static final class Failing {
        public String getText() {
            throw new AssertionError("expected in the log of this test");
        }
    }

    @Test
    void aSessionThatCannotBeEncodedIsOnlyLogged() {
        Session session = new Session("sid", "pid", Set.of(), Map.of("key", new Failing()), null);
        sessions.persist(session, Duration.ofMinutes(1));
        assertThat(link.health(0).lost()).isZero();
    }

    private boolean keptAfter(Map<String, ?> stored) {
        sessions.follow("1111111111111111", sid -> {});
        wires.answer = Base64.getEncoder().encode(Msgpack.encode(stored));
        assertThat(sessions.take("p", "").join()).isNotNull();
        wires.answer = 0L; // Redis has no session
        return sessions.keep("p").join();
    }

    /** It is deleted when it is taken, so no other server can take it. */
    @Test
    void theSessionOfANodeServerIsKept() {
        assertThat(keptAfter(Map.of("sid", "s", "pid", "p"))).isTrue();
    }

    @Test
    void aSessionThatIsGoneIsNotKept() {
        assertThat(keptAfter(Map.of("sid", "s", "pid", "p"))).isTrue();
        assertThat(keptAfter(Map.of("sid", "s", "pid", "p", "holderid", SessionCodec.NOBODY)))
                .isFalse();
    }
}
