package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SessionAwareAdapterTest {
    private static final Pattern NAME = Pattern.compile("^2\\[\"([^\"]*)\"");
    private static final Duration SWEEP = Duration.ofSeconds(60);
    private static final Session SESSION =
            new Session("sid", "pid", Set.of("sid", "room1", "room2"), Map.of("key", "value"), null);

    private final FakeNamespace namespace = new FakeNamespace();
    private final SessionAwareAdapter adapter = adapter(100, 1000, 100);

    private SessionAwareAdapter adapter(int perRoom, int all, int sessions) {
        return adapter(perRoom, all, 1_000_000, sessions);
    }

    private SessionAwareAdapter adapter(int perRoom, int all, long bytes, int sessions) {
        return new SessionAwareAdapter(
                namespace,
                new SessionAwareAdapter.Bounds(
                        Duration.ofMinutes(2), Duration.ofSeconds(45), perRoom, all, bytes, sessions));
    }

    private void send(SessionAwareAdapter to, String event, Set<String> rooms, Set<String> except) {
        to.broadcast(
                new SocketPacket.Event("/", SocketPacket.NO_ID, event, Arguments.none()),
                new BroadcastOptions(rooms, except, BroadcastFlags.NONE));
    }

    private static @Nullable List<String> restore(SessionAwareAdapter from, String pid, @Nullable String offset) {
        RestoredSession session = from.restoreSession(pid, offset).join();
        if (session == null) {
            return null;
        }
        List<String> missed = new ArrayList<>();
        session.resume(
                new HereLoop(),
                () -> {},
                packets -> packets.forEach(packet -> {
                    Matcher name = NAME.matcher(new String(packet.head(), StandardCharsets.UTF_8));
                    assertThat(name.find()).isTrue();
                    missed.add(name.group(1));
                }));
        return missed;
    }

    @Test
    @Tag("adapter.index.18")
    void aPersistedSessionIsRestored() {
        send(adapter, "hello", Set.of(), Set.of());
        String offset = adapter.currentOffset();
        adapter.persistSession(SESSION);
        RestoredSession restored = adapter.restoreSession("pid", offset).join();
        assertThat(restored).isNotNull();
        assertThat(restored.session()).isEqualTo(SESSION);
        assertThat(restore(adapter, "pid", offset)).isEmpty();
    }

    @Test
    @Tag("adapter.index.19")
    void missedEventsAreRestoredInOrder() {
        send(adapter, "before", Set.of(), Set.of());
        String offset = adapter.currentOffset();
        adapter.persistSession(SESSION);
        send(adapter, "all", Set.of(), Set.of());
        send(adapter, "room", Set.of("room1"), Set.of());
        send(adapter, "both rooms", Set.of("room1", "room2"), Set.of());
        send(adapter, "foreign room", Set.of("room3"), Set.of());
        send(adapter, "excepted", Set.of(), Set.of("room1"));
        send(adapter, "other excepted", Set.of(), Set.of("room3"));
        adapter.broadcast(new SocketPacket.Event("/", 12, "with ack", Arguments.none()), BroadcastOptions.ALL);
        adapter.broadcast(
                new SocketPacket.Event("/", SocketPacket.NO_ID, "volatile", Arguments.none()),
                new BroadcastOptions(Set.of(), Set.of(), BroadcastFlags.NONE.asVolatile()));
        send(adapter, "direct", Set.of("sid"), Set.of());
        assertThat(restore(adapter, "pid", offset))
                .containsExactly("all", "room", "both rooms", "other excepted", "direct");
    }

    @Test
    @Tag("adapter.index.20")
    void anUnknownSessionIsNotRestored() {
        assertThat(restore(adapter, "pid", adapter.currentOffset())).isNull();
    }

    @Test
    @Tag("adapter.index.21")
    void aSessionWithAnUnknownOffsetIsNotRestored() {
        adapter.persistSession(SESSION);
        assertThat(restore(adapter, "pid", "abc")).isNull();
        assertThat(restore(adapter, "pid", "abc.1")).isNull();
        assertThat(restore(adapter, "pid", adapter(1, 1, 1).currentOffset())).isNull();
        assertThat(restore(adapter, "pid", null)).isNull();
    }

    @Test
    void sessionsAndEventsExpire() {
        send(adapter, "one", Set.of("room1"), Set.of());
        String offset = adapter.currentOffset();
        adapter.persistSession(SESSION);
        pass(Duration.ofSeconds(121));
        assertThat(restore(adapter, "pid", offset)).isNull();
        assertThat(namespace.scheduled).isNotNull();
        pass(Duration.ofMinutes(4));
        assertThat(namespace.scheduled).as("nothing is left to sweep").isNull();
    }

    /** Time passes, with its sweeps. */
    private void pass(Duration time) {
        long until = namespace.now + time.toNanos();
        while (namespace.scheduled != null && namespace.now + SWEEP.toNanos() <= until) {
            namespace.now += SWEEP.toNanos();
            sweep();
        }
        namespace.now = until;
    }

    private void sweep() {
        Runnable sweep = namespace.scheduled;
        namespace.scheduled = null;
        sweep.run();
    }

    @Test
    void eventsSentBeforeAProcessPauseAreKeptForClientsLostDuringIt() {
        send(adapter, "hello", Set.of(), Set.of());
        String offset = adapter.currentOffset();
        pass(Duration.ofSeconds(30));
        send(adapter, "missed", Set.of(), Set.of());
        namespace.now += Duration.ofMinutes(6).toNanos(); // the virtual machine was suspended
        sweep();
        adapter.persistSession(SESSION); // its end is noticed now
        assertThat(restore(adapter, "pid", offset)).containsExactly("missed");
        adapter.persistSession(SESSION);
        send(adapter, "later", Set.of(), Set.of());
        pass(Duration.ofSeconds(110));
        assertThat(restore(adapter, "pid", offset)).containsExactly("missed", "later");
        pass(Duration.ofMinutes(6));
        assertThat(namespace.scheduled).as("nothing is left to sweep").isNull();
    }

    @Test
    void eventsSentBeforeTwoProcessPausesAreKeptForClientsLostDuringTheFirst() {
        send(adapter, "hello", Set.of(), Set.of());
        String offset = adapter.currentOffset();
        send(adapter, "missed", Set.of(), Set.of());
        for (int i = 0; i < 2; i++) {
            namespace.now += Duration.ofMinutes(6).toNanos();
            sweep();
        }
        adapter.persistSession(SESSION);
        assertThat(restore(adapter, "pid", offset)).containsExactly("missed");
        pass(Duration.ofMinutes(6));
        assertThat(namespace.scheduled).as("nothing is left to sweep").isNull();
    }

    @Test
    void aClientRecoversEvenIfItsLastEventHasExpired() {
        send(adapter, "long ago", Set.of("room1"), Set.of());
        String offset = adapter.currentOffset();
        pass(Duration.ofHours(1));
        adapter.persistSession(SESSION);
        send(adapter, "now", Set.of("room1"), Set.of());
        assertThat(restore(adapter, "pid", offset)).containsExactly("now");
    }

    @Test
    void aClientThatMissedTooManyEventsIsNotRecovered() {
        SessionAwareAdapter small = adapter(3, 1000, 100);
        send(small, "start", Set.of(), Set.of());
        String offset = small.currentOffset();
        small.persistSession(SESSION);
        for (int i = 0; i < 50; i++) {
            send(small, "noise", Set.of("room3"), Set.of());
        }
        send(small, "1", Set.of("room1"), Set.of());
        send(small, "2", Set.of("room1"), Set.of());
        send(small, "3", Set.of("room1"), Set.of());
        assertThat(small.restoreSession("pid", offset).join()).isNotNull();
        send(small, "4", Set.of("room1"), Set.of());
        assertThat(small.restoreSession("pid", offset).join()).isNull();
    }

    @Test
    void theTotalNumberOfEventsAndSessionsIsBounded() {
        SessionAwareAdapter small = adapter(100, 10, 2);
        String start = small.currentOffset();
        for (int i = 0; i < 100; i++) {
            send(small, "e" + i, Set.of("room" + i), Set.of());
            small.persistSession(new Session("s" + i, "p" + i, Set.of("room" + i), Map.of(), start));
        }
        assertThat(restore(small, "p97", null)).isNull();
        assertThat(restore(small, "p99", null)).containsExactly("e99");
        small.persistSession(new Session("s", "p", Set.of("room1"), Map.of(), start));
        assertThat(restore(small, "p", null)).as("its event was dropped").isNull();
    }

    @Test
    void theTotalSizeOfEventsIsBounded() {
        SessionAwareAdapter small = adapter(1000, 1000, 10_000, 100);
        String start = small.currentOffset();
        small.persistSession(new Session("s", "p", Set.of("room1"), Map.of(), start));
        String text = "x".repeat(1000);
        String[] offsets = new String[20];
        for (int i = 0; i < 20; i++) {
            small.broadcast(
                    new SocketPacket.Event("/", SocketPacket.NO_ID, "e" + i, Arguments.of(text)),
                    new BroadcastOptions(Set.of("room1"), Set.of(), BroadcastFlags.NONE));
            offsets[i] = small.currentOffset();
        }
        assertThat(small.restoreSession("p", offsets[5]).join()).as("dropped").isNull();
        assertThat(restore(small, "p", offsets[15])).containsExactly("e16", "e17", "e18", "e19");
        send(small, "larger than all", Set.of("room2"), Set.of());
        small.broadcast(
                new SocketPacket.Event("/", SocketPacket.NO_ID, "huge", Arguments.of("x".repeat(20_000))),
                new BroadcastOptions(Set.of("room1"), Set.of(), BroadcastFlags.NONE));
        small.persistSession(new Session("s", "p", Set.of("room1"), Map.of(), start));
        assertThat(small.restoreSession("p", offsets[19]).join())
                .as("an event larger than the bound is not kept")
                .isNull();
        assertThat(restore(small, "p", small.currentOffset())).isEmpty();
    }

    /** Records whether it is encoded with a lock held. */
    public final class Watched {
        final List<Boolean> locked = new ArrayList<>();

        public String getValue() {
            locked.add(Thread.holdsLock(adapter) || adapter.order().isHeld());
            return "v";
        }
    }

    @Test
    void applicationObjectsAreEncodedOutsideTheLock() {
        Watched watched = new Watched();
        adapter.broadcast(
                new SocketPacket.Event("/", SocketPacket.NO_ID, "e", Arguments.of(watched)), BroadcastOptions.ALL);
        assertThat(watched.locked).isNotEmpty().containsOnly(false);
    }

    /** The middlewares of the socket may take long between the two calls. */
    @Test
    void aSessionWhoseMissedEventsAreDroppedDuringItsRecoveryIsNotResumed() {
        SessionAwareAdapter small = adapter(2, 1000, 100);
        send(small, "start", Set.of(), Set.of());
        String offset = small.currentOffset();
        small.persistSession(SESSION);
        send(small, "missed", Set.of("room1"), Set.of());
        RestoredSession restored = small.restoreSession("pid", offset).join();
        assertThat(restored).isNotNull();
        send(small, "second", Set.of("room1"), Set.of());
        send(small, "third", Set.of("room1"), Set.of());
        List<String> calls = new ArrayList<>();
        assertThatIllegalStateException()
                .isThrownBy(() -> restored.resume(
                        new HereLoop(), () -> calls.add("admit"), packets -> calls.add("write " + packets.size())));
        assertThat(calls).isEmpty();
    }

    /** Its handler was stuck for longer than the close waited. */
    @Test
    void aSocketThatLeavesAfterTheCloseStartsNoTimerBeforeTheServerIsOpenedAgain() {
        adapter.init();
        adapter.close();
        adapter.persistSession(SESSION);
        assertThat(namespace.timers()).isZero();
        adapter.init();
        assertThat(namespace.timers()).isEqualTo(1);
    }
}
