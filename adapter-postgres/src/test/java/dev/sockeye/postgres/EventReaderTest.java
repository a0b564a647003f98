package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads events that are deleted at the same time, or that fail. */
class EventReaderTest {
    private final SimulatedEvents table = new SimulatedEvents();
    private final Link link = new Link(SimulatedEvents.UNREACHABLE, PostgresOptions.defaults(), true);
    private final EventAppender appender = new EventAppender(link, Link.threads("unused"));
    private final EventReader reader = appender.reader();

    static ClusterTransport.Receiver receiver(Consumer<String> offsets) {
        return receiver((message, offset) -> offsets.accept(offset));
    }

    static ClusterTransport.Receiver receiver(BiConsumer<ClusterMessage, String> messages) {
        AdapterNamespace namespace = (AdapterNamespace) Proxy.newProxyInstance(
                EventReaderTest.class.getClassLoader(),
                new Class<?>[] {AdapterNamespace.class},
                (proxy, method, args) -> method.getName().equals("name") ? "/" : null);
        return new ClusterTransport.Receiver() {
            @Override
            public void onMessage(ClusterMessage message, @Nullable String offset) {
                messages.accept(message, offset);
            }

            @Override
            public InMemoryAdapter local() {
                throw new UnsupportedOperationException();
            }

            @Override
            public AdapterNamespace namespace() {
                return namespace;
            }

            @Override
            public String uid() {
                return "uid";
            }
        };
    }

    /** As when the server is suspended, and the connection survives. */
    @Test
    void eventsThatAreDeletedBeforeTheyAreReadAreCountedOnAnOpenConnection() throws SQLException {
        table.add(1, 3);
        reader.begin(table.connection);
        table.add(4, 8);
        table.deleteUpTo(6);
        reader.read(table.connection, true);
        assertThat(link.health().lost()).isEqualTo(1);
        assertThat(reader.last()).isEqualTo(8);
        reader.read(table.connection, true);
        assertThat(link.health().lost()).as("counted once").isEqualTo(1);
    }

    @Test
    void eventsThatAreDeletedWhileDisconnectedAreCountedOnce() throws SQLException {
        table.add(1, 3);
        reader.begin(table.connection);
        table.add(4, 8);
        table.deleteUpTo(6);
        reader.begin(table.connection);
        reader.read(table.connection, true);
        assertThat(link.health().lost()).isEqualTo(1);
    }

    @Test
    void eventsThatAreDeletedAfterTheyWereReadAreNotCounted() throws SQLException {
        table.add(1, 3);
        reader.begin(table.connection);
        table.add(4, 5);
        table.deleteUpTo(3);
        reader.begin(table.connection);
        reader.read(table.connection, true);
        assertThat(reader.last()).isEqualTo(5);
        assertThat(link.health().lost()).isZero();
    }

    @Test
    void eventsThatAreDeletedWhileTheyAreComparedAreNotLost() throws SQLException {
        for (int number = 1; number <= 3; number++) {
            for (long upTo : new long[] {5, 10, 11, 12}) {
                SimulatedEvents events = new SimulatedEvents();
                EventReader other = new EventAppender(link, Link.threads("unused")).reader();
                events.add(1, 3);
                other.begin(events.connection);
                events.add(4, 11);
                other.read(events.connection, true);
                events.add(12, 15);
                AtomicInteger statements = new AtomicInteger(number);
                events.afterStatement = () -> {
                    if (statements.decrementAndGet() == 0) {
                        events.deleteUpTo(upTo);
                    }
                };
                other.begin(events.connection);
                assertThat(other.last()).as("up to " + upTo + ", " + number).isEqualTo(11);
                assertThat(other.wasLost(11)).isFalse();
            }
        }
    }

    /** A transaction that was rolled back has used a position. */
    @Test
    void anUnusedPositionIsNotALostEvent() throws SQLException {
        table.add(1, 3);
        reader.begin(table.connection);
        table.add(5, 6);
        reader.read(table.connection, true);
        assertThat(reader.last()).isEqualTo(6);
        assertThat(link.health().lost()).isZero();
    }

    @Test
    void anErrorInOneEventDoesNotStopTheReader() throws SQLException {
        List<String> received = new ArrayList<>();
        DurableTransport transport = new DurableTransport(link, "/");
        var unused = transport.start(receiver(offset -> {
            received.add(offset);
            throw new StackOverflowError("expected in the log of this test");
        }));
        try {
            reader.add("/", transport);
            table.add(1, 1);
            reader.begin(table.connection);
            byte[] payload = ClusterCodec.encode(new ClusterMessage.AdapterClose("another", "/"));
            table.rows.put(2L, payload);
            table.rows.put(3L, payload);
            reader.read(table.connection, true);
            assertThat(received).containsExactly("2", "3");
        } finally {
            transport.close().join();
        }
    }

    @Test
    void anErrorInOneLocalEventDoesNotStopTheOthers() {
        List<String> applied = new ArrayList<>();
        appender.add("/", new byte[0], true, offset -> {
            throw new StackOverflowError("expected in the log of this test");
        });
        appender.add("/", new byte[0], true, offset -> applied.add("second"));
        appender.actOnAll();
        assertThat(applied).containsExactly("second");
    }

    @Test
    void aRecoveryFailsIfEventsAreDeletedDuringIt() throws SQLException {
        DurableTransport transport = new DurableTransport(link, "/");
        var unused = transport.start(receiver(offset -> {}));
        try {
            table.add(1, 600);
            assertThat(transport.read(table.connection, 1, 600, (offset, message) -> {}))
                    .as("without deletions")
                    .isTrue();
            table.afterPage = () -> table.deleteUpTo(550);
            assertThat(transport.read(table.connection, 1, 600, (offset, message) -> {}))
                    .as("with deletions")
                    .isFalse();
        } finally {
            transport.close().join();
        }
    }

    /** As when the application changes the data at the same time. */
    @Test
    void aSessionThatCannotBeEncodedIsEncodedAgainSoon() {
        AtomicInteger tries = new AtomicInteger();
        EventSessions sessions = new EventSessions(link, "uid", sid -> {});
        var unused = link.retain();
        try {
            sessions.follow(
                    "sid",
                    () -> {
                        tries.incrementAndGet();
                        throw new ConcurrentModificationException("expected in the log of this test");
                    },
                    Duration.ofMinutes(1));
            Awaiting.until(() -> tries.get() == 2);
        } finally {
            link.release().join();
        }
    }

    /** As if the driver, or the data source of the application, lacked a class. */
    @Test
    void anErrorOfTheDataSourceDoesNotEndTheSendingThreads() {
        AtomicInteger attempts = new AtomicInteger();
        DataSource failing = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    attempts.incrementAndGet();
                    throw new NoClassDefFoundError("expected in the log of this test");
                });
        Link broken = new Link(failing, PostgresOptions.defaults(), true);
        Sender<Sender.Message> sender = new Sender<>(broken, (connection, messages) -> {}, Link.threads("sender"));
        EventAppender events = new EventAppender(broken, Link.threads("appender"));
        sender.start();
        try {
            assertThat(sender.send(List.of(() -> 1)).handle((done, error) -> error))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isInstanceOf(NoClassDefFoundError.class);
            assertThat(sender.send(List.of(() -> 1)).handle((done, error) -> error))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isInstanceOf(NoClassDefFoundError.class);
            int before = attempts.get();
            events.start();
            events.add("/", new byte[0], false, offset -> {});
            Awaiting.until(() -> attempts.get() > before + 1);
        } finally {
            sender.stop();
            events.stop();
        }
    }

    /** A replica that was behind has become the primary: the position is not that of the event that the client has received. */
    @Test
    void aRecoveryFailsIfTheLastEventOfTheClientWasLost() throws SQLException {
        DurableTransport transport = new DurableTransport(link, "/");
        var unused = transport.start(receiver(offset -> {}));
        try {
            table.add(1, 5);
            table.add(9, 20);
            assertThat(transport.read(table.connection, 7, 20, (offset, message) -> {}))
                    .isFalse();
        } finally {
            transport.close().join();
        }
    }

    /** More events are added than are read. */
    @Test
    void aRecoveryEndsUnderOverload() throws SQLException {
        DurableTransport transport = new DurableTransport(link, "/");
        var unused = transport.start(receiver(offset -> {}));
        AtomicInteger pages = new AtomicInteger();
        try {
            table.add(1, 600);
            table.afterPage = () -> {
                pages.incrementAndGet();
                table.add(table.rows.lastKey() + 1, table.rows.lastKey() + 600);
            };
            assertThat(transport.read(table.connection, 1, 600, (offset, message) -> {}))
                    .isTrue();
            assertThat(pages.get()).isLessThan(5);
        } finally {
            transport.close().join();
        }
    }

    @Test
    void aSessionThatThrowsAnErrorIsOnlyLogged() {
        EventSessions sessions = new EventSessions(link, "uid", sid -> {});
        Session session = new Session("sid", "pid", Set.of(), Map.of("key", new Failing()), null);
        assertThatCode(() -> sessions.persist(session, Duration.ofMinutes(1))).doesNotThrowAnyException();
    }

    /** An object of the application. */
    public static final class Failing {
        public String getText() {
            throw new AssertionError("expected in the log of this test");
        }
    }

    @Test
    void aBatchLargerThanTheQueueIsAcceptedIfTheQueueIsEmpty() {
        Sender<Sender.Message> sender = new Sender<>(link, (connection, messages) -> {}, Link.threads("unused"));
        List<Sender.Message> batch = Collections.nCopies(20_001, () -> 1);
        assertThat(sender.send(batch)).isNotDone();
        assertThat(sender.send(List.of(() -> 1))).as("the queue is full").isCompletedExceptionally();
    }

    /** With a database that does not answer, each attempt takes as long as its connection timeout. */
    @Test
    void aSenderThatEndsWithoutADatabaseTriesOnce() {
        AtomicInteger attempts = new AtomicInteger();
        DataSource away = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    attempts.incrementAndGet();
                    throw new SQLException("unreachable, expected in the log of this test", "08001");
                });
        Link unreachable = new Link(away, PostgresOptions.defaults(), true);
        Sender<Sender.Message> sender = new Sender<>(unreachable, (connection, messages) -> {}, Link.threads("sender"));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(sender.send(List.of(() -> 1)));
        }
        CompletableFuture<Void> ended = sender.stop();
        sender.start();
        assertThat(ended).succeedsWithin(Duration.ofSeconds(10));
        assertThat(attempts).hasValue(1);
        assertThat(all).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(unreachable.health().lost()).isEqualTo(2_000);
    }

    /** It has not listened in between, and that was intended. */
    @Test
    void messagesSentWhileAServerWasClosedAreNotCountedAsMissed() {
        NotifyTransport transport = new NotifyTransport(link, "/");
        var unused = transport.start(receiver(offset -> {}));
        transport.onNumber("other", 1);
        transport.close().join();
        var unusedAgain = transport.start(receiver(offset -> {}));
        transport.onNumber("other", 50);
        transport.onNumber("other", 52);
        assertThat(link.health().lost()).isOne();
        transport.close().join();
    }
}
