package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.adapter.cluster.SessionBusyException;
import dev.sockeye.socketio.server.FakeLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connection state recovery with a broker that answers late. */
class SlowRecoveryTest {
    private static final Session SESSION = new Session("sid", "pid", Set.of("sid"), Map.of(), "1");

    private final FakeNamespace namespace = new FakeNamespace();
    private final SlowTransport transport = new SlowTransport();
    private final ClusterAdapter adapter = new ClusterAdapter(namespace, transport, ClusterOptions.defaults());

    @Test
    void recoveryFailsIfTheBrokerDoesNotReturnTheSessionInTime() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        namespace.runTimersUpTo(Duration.ofSeconds(19));
        assertThat(restored).isNotDone();
        namespace.runTimersUpTo(Duration.ofSeconds(20));
        assertThat(restored).isCompletedExceptionally();
    }

    @Test
    void aSessionTakenFromTheBrokerIsRestoredEvenIfItsEventsArriveLate() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        namespace.runTimersUpTo(Duration.ofSeconds(59));
        assertThat(restored).isNotDone();
        transport.read.complete(true);

        assertThat(restored).isCompletedWithValueMatching(session -> session != null);
    }

    @Test
    void recoveryFailsIfTheEventsDoNotArriveInTime() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        namespace.runTimersUpTo(Duration.ofSeconds(60));

        assertThat(restored).isCompletedExceptionally();
        assertThat(transport.dropped).containsExactly(SESSION);
    }

    @Test
    void aSessionReceivedAfterTheTimeoutIsDropped() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        namespace.runTimersUpTo(Duration.ofSeconds(60));
        assertThat(restored).isCompletedExceptionally();
        transport.taken.complete(SESSION);
        transport.read.complete(true);

        assertThat(transport.dropped).containsExactly(SESSION);
    }

    /** Its client may have recovered on another server in the meantime. */
    @Test
    void aSessionIsNotTakenIfTheBrokerIsReachedOnlyAfterTheTimeout() {
        transport.started = new CompletableFuture<>();
        adapter.init();
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        namespace.runTimersUpTo(Duration.ofSeconds(20));
        assertThat(restored).isCompletedExceptionally();
        transport.started.complete(null);

        assertThat(transport.asked).isZero();
    }

    @Test
    void recoveryWaitsUntilTheServerReachesTheOffsetOfTheClient() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "3");
        transport.taken.complete(SESSION);
        transport.read.complete(true);
        assertThat(restored).isNotDone();
        adapter.init();
        transport.receive("2");
        pass(3);
        assertThat(restored).isNotDone();
        transport.receive("3");
        pass(1);

        assertThat(restored).isCompletedWithValueMatching(session -> session != null);
    }

    /** Under constant load, the end of the log moves on while it is read. What is delivered here meanwhile is recorded. */
    @Test
    void missedEventsAreReadOnlyUpToWhatThisServerHasDelivered() {
        adapter.init();
        transport.receive("5");
        var unused = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        assertThat(transport.until).isEqualTo("5");
    }

    @Test
    void aReleasedSessionIsReturnedToTheBroker() {
        namespace.recovery = Duration.ofMinutes(2);
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        transport.read.complete(true);
        assertThat(restored).isCompletedWithValueMatching(session -> session != null);
        restored.join().release();

        assertThat(transport.persisted).containsExactly(SESSION);
        assertThat(transport.dropped).isEmpty();
        assertThat(adapter.restoreSession("pid", "1")).isCompletedWithValueMatching(session -> session != null);
    }

    @Test
    void aSessionThatIsNotResumedInTimeIsDropped() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        transport.read.complete(true);
        namespace.runTimersUpTo(Duration.ofSeconds(60));

        assertThat(transport.dropped).containsExactly(SESSION);
        assertThatIllegalStateException()
                .isThrownBy(() -> restored.join().resume(new FakeLoop(), () -> {}, packets -> {}));
        assertThat(transport.dropped).hasSize(1);
    }

    @Test
    void aSessionWhoseClientCannotBeAdmittedIsDropped() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        transport.read.complete(true);

        assertThatIllegalStateException()
                .isThrownBy(() -> restored.join()
                        .resume(
                                new FakeLoop(),
                                () -> {
                                    throw new IllegalStateException("expected in this test");
                                },
                                packets -> {}));
        assertThat(transport.dropped).containsExactly(SESSION);
        assertThat(namespace.timers()).isZero();
    }

    @Test
    void closingReturnsSessionsBeingRestoredToTheBroker() {
        namespace.recovery = Duration.ofMinutes(2);
        CompletableFuture<@Nullable RestoredSession> reading = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        adapter.close();

        assertThat(reading).isCompletedExceptionally();
        assertThat(transport.persisted).containsExactly(SESSION);
        assertThat(transport.dropped).isEmpty();
        assertThat(namespace.timers()).isZero();
    }

    @Test
    void closingReturnsRestoredButNotResumedSessionsToTheBroker() {
        namespace.recovery = Duration.ofMinutes(2);
        var unused = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        transport.read.complete(true);
        adapter.close();

        assertThat(transport.persisted).containsExactly(SESSION);
        assertThat(namespace.timers()).isZero();
    }

    /** Runs short timers, including those that they schedule. */
    private void pass(int times) {
        for (int i = 0; i < times; i++) {
            namespace.runTimersUpTo(Duration.ofMillis(50));
        }
    }

    @Test
    void aSessionBeingTakenByAnotherServerIsRequestedAgain() {
        transport.busy = true;
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        pass(8);
        assertThat(restored).isNotDone();
        transport.busy = false;
        transport.taken.complete(SESSION);
        transport.read.complete(true);
        pass(2);

        assertThat(restored).isCompletedWithValueMatching(session -> session != null);
    }

    @Test
    void aSessionThatStaysBusyIsNotRecovered() {
        transport.busy = true;
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        passSeconds(12);
        assertThat(restored).isNotDone();
        passSeconds(2);

        assertThat(restored).isCompletedWithValue(null);
        assertThat(transport.dead).isEmpty();
    }

    /** It was killed between taking the session and storing it. */
    @Test
    void aSessionIsTakenFromAServerThatHasBeenTakingItForTenSeconds() {
        transport.busy = true;
        transport.taker = "killed";
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        passSeconds(9);
        assertThat(transport.dead).isEmpty();
        transport.taken.complete(SESSION);
        transport.read.complete(true);
        passSeconds(2);

        assertThat(transport.dead).containsExactly("killed");
        assertThat(restored).isCompletedWithValueMatching(session -> session != null);
    }

    @Test
    void eachServerThatIsTakingASessionHasTenSeconds() {
        transport.busy = true;
        transport.taker = "first";
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        passSeconds(9);
        transport.taker = "second";
        passSeconds(3);
        assertThat(transport.dead).isEmpty();
        assertThat(restored).isNotDone();
    }

    @Test
    void aClientIsNotAdmittedIfAnotherServerHasTakenItsSessionMeanwhile() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        namespace.now += Duration.ofSeconds(12).toNanos();
        transport.kept = false;
        transport.read.complete(true);

        assertThat(restored).isCompletedWithValue(null);
    }

    @Test
    void aSlowServerConfirmsThatItIsTakingASessionBeforeItAdmitsTheClient() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        namespace.now += Duration.ofSeconds(12).toNanos();
        transport.read.complete(true);

        assertThat(restored).isCompletedWithValueMatching(session -> session != null);
        boolean[] admitted = {false};
        restored.join().resume(new FakeLoop(), () -> admitted[0] = true, packets -> {});
        assertThat(admitted[0]).isTrue();
    }

    /** Another server may take the session from now on. */
    @Test
    void aClientIsNotAdmittedWhenTheTimeForTakingItsSessionEnds() {
        CompletableFuture<@Nullable RestoredSession> restored = adapter.restoreSession("pid", "1");
        transport.taken.complete(SESSION);
        transport.read.complete(true);
        namespace.now += Duration.ofSeconds(9).toNanos();

        assertThatIllegalStateException()
                .isThrownBy(() -> restored.join().resume(new FakeLoop(), () -> {}, packets -> {}));
        assertThat(transport.dropped).containsExactly(SESSION);
    }

    /** In steps of the short timers. */
    private void passSeconds(int seconds) {
        for (int i = 0; i < seconds * 20; i++) {
            namespace.now += 50_000_000;
            if (i % 5 == 0) {
                namespace.runTimersUpTo(Duration.ofMillis(250));
            } else {
                pass(1);
            }
        }
    }

    private static final class SlowTransport implements ClusterTransport {
        final CompletableFuture<@Nullable Session> taken = new CompletableFuture<>();
        final CompletableFuture<Boolean> read = new CompletableFuture<>();
        final List<Session> dropped = new ArrayList<>();
        final List<Session> persisted = new ArrayList<>();
        CompletableFuture<Void> started = CompletableFuture.completedFuture(null);
        boolean busy;
        boolean kept = true;
        String taker = "";
        final List<String> dead = new ArrayList<>();
        int asked;

        @Nullable
        String until;

        private @Nullable Receiver receiver;

        void receive(String offset) {
            assertThat(receiver).isNotNull();
            receiver.onMessage(
                    new ClusterMessage.SocketsLeave(
                            "other", receiver.namespace().name(), BroadcastOptions.ALL, Set.of("room")),
                    offset);
        }

        @Override
        public CompletableFuture<Void> start(Receiver given) {
            receiver = given;
            return started;
        }

        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
            local.accept(null);
        }

        @Override
        public void respond(String requesterUid, ClusterMessage.Response response) {}

        @Override
        public CompletableFuture<@Nullable Session> takeSession(String pid) {
            asked++;
            return busy ? CompletableFuture.failedFuture(new SessionBusyException(taker)) : taken;
        }

        @Override
        public CompletableFuture<@Nullable Session> takeSession(String pid, String deadTaker) {
            dead.add(deadTaker);
            return taken;
        }

        @Override
        public CompletableFuture<Boolean> keepSession(Session session) {
            return CompletableFuture.completedFuture(kept);
        }

        @Override
        public void persistSession(Session session, Duration maxDisconnectionDuration) {
            persisted.add(session);
        }

        @Override
        public void dropSession(Session session) {
            dropped.add(session);
        }

        @Override
        public CompletableFuture<Boolean> readAfter(
                String offset, String last, BiConsumer<String, ClusterMessage> reader) {
            until = last;
            return read;
        }

        @Override
        public boolean isOffset(String text) {
            return true;
        }

        @Override
        public String startOffset() {
            return "1";
        }

        @Override
        public int compareOffsets(String one, String other) {
            return one.compareTo(other);
        }
    }
}
