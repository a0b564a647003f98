package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One namespace without Kafka. */
class KafkaTransportTest {
    private static final ClientProperties PROPERTIES = new ClientProperties(Map.of("bootstrap.servers", "127.0.0.1:1"));

    private final ScheduledExecutorService unused = Executors.newSingleThreadScheduledExecutor();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<ClusterMessage> received = new ArrayList<>();
    private @Nullable Duration recovery = Duration.ofMinutes(2);
    private final List<KafkaWriter.Entry> written = new ArrayList<>();
    private boolean stalled;
    private boolean full;

    @AfterEach
    void close() {
        unused.shutdownNow();
    }

    private static KafkaReader reader(Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
        return new KafkaReader(PROPERTIES, KafkaAdapterOptions.defaults(), Duration.ZERO, receiver);
    }

    /** A link that is never connected, with timers that the test runs. */
    private final class SimulatedLink extends KafkaLink {
        private @Nullable Open open;

        SimulatedLink() {
            super(PROPERTIES, KafkaAdapterOptions.defaults());
        }

        @Override
        CompletableFuture<Void> add(KafkaTransport transport) {
            KafkaReader reader = KafkaTransportTest.reader(record -> {});
            open = new Open(
                    new KafkaWriter(PROPERTIES, 1024),
                    reader,
                    new KafkaReplays(PROPERTIES, "topic", reader),
                    new SessionTable(uid -> null, 1024),
                    unused);
            return new CompletableFuture<>();
        }

        @Override
        CompletableFuture<Void> remove(KafkaTransport transport) {
            open = null;
            timers.clear();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        @Nullable
        Open open() {
            return open;
        }

        @Override
        boolean write(KafkaWriter.Entry entry) {
            written.add(entry);
            return !full;
        }

        @Override
        boolean stalled() {
            return stalled;
        }

        @Override
        void later(Duration delay, Runnable task) {
            timers.add(task);
        }
    }

    private ClusterTransport.Receiver receiver() {
        AdapterNamespace namespace = (AdapterNamespace) Proxy.newProxyInstance(
                KafkaTransportTest.class.getClassLoader(),
                new Class<?>[] {AdapterNamespace.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "name" -> "/";
                    case "recovery" -> recovery;
                    default -> null;
                });
        return new ClusterTransport.Receiver() {
            @Override
            public void onMessage(ClusterMessage message, @Nullable String offset) {
                received.add(message);
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

    /** The link drops its timers when it is closed. */
    @Test
    void eventsAreAppliedWithoutKafkaAfterARestart() {
        KafkaTransport transport = new KafkaTransport(new SimulatedLink());
        ClusterMessage message = new ClusterMessage.SocketsJoin("uid", "/", BroadcastOptions.ALL, Set.of("room"));
        List<String> applied = new ArrayList<>();
        assertThat(transport.start(receiver())).isNotDone();
        transport.publish(message, offset -> applied.add("before"));
        transport.close().join();
        assertThat(applied).containsExactly("before");
        assertThat(transport.start(receiver())).isNotDone();
        transport.publish(message, offset -> applied.add("after"));
        stalled = true;
        List.copyOf(timers).forEach(Runnable::run);
        assertThat(applied).containsExactly("before", "after");
    }

    private KafkaTransport started() {
        KafkaTransport transport = new KafkaTransport(new SimulatedLink());
        assertThat(transport.start(receiver())).isNotDone();
        return transport;
    }

    private void runTimers() {
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void anErrorInOneLocalEventDoesNotStopTheOthers() {
        KafkaTransport transport = started();
        ClusterMessage message = new ClusterMessage.SocketsJoin("uid", "/", BroadcastOptions.ALL, Set.of("room"));
        List<String> applied = new ArrayList<>();
        stalled = true;
        transport.publish(message, offset -> {
            transport.publish(message, ignored -> applied.add("second"));
            throw new StackOverflowError("expected in the log of this test");
        });
        assertThat(applied).containsExactly("second");
    }

    /** Later records are stored, so Kafka does not seem to be unavailable. */
    @Test
    void anEventThatKafkaRefusesIsAppliedHere() {
        KafkaTransport transport = started();
        ClusterMessage message = new ClusterMessage.SocketsJoin("uid", "/", BroadcastOptions.ALL, Set.of("room"));
        List<String> applied = new ArrayList<>();
        transport.publish(message, offset -> applied.add("refused " + offset));
        transport.publish(message, offset -> applied.add("stored"));
        written.get(0).end(new RecordTooLargeException("expected in this test"));
        written.get(1).end(null);
        runTimers();
        assertThat(applied).containsExactly("refused null");
    }

    private long keep(int index) {
        return ByteBuffer.wrap(written.get(index).headers.get(Headers.KEEP)).getLong();
    }

    /** Otherwise the client of a server that is killed could not recover, if it was connected for some time. */
    @Test
    void aLiveSessionDoesNotExpireBeforeItIsStoredAgain() {
        KafkaTransport transport = started();
        Session session = new Session("sid", "pid", Set.of(), Map.of(), null);
        transport.followSession("sid", () -> session, Duration.ofSeconds(10));
        runTimers();
        assertThat(written).hasSize(1);
        assertThat(keep(0))
                .isEqualTo(10_000
                        + 2 * KafkaAdapterOptions.defaults().sessionRefresh().toMillis());
    }

    /** As when the application changes the data at the same time. */
    @Test
    void aSessionThatCannotBeEncodedIsEncodedAgainSoonAndTheOthersAreStored() {
        KafkaTransport transport = started();
        AtomicInteger tries = new AtomicInteger();
        transport.followSession(
                "failing",
                () -> {
                    if (tries.incrementAndGet() <= 2) {
                        throw new ConcurrentModificationException("expected in the log of this test");
                    }
                    return new Session("failing", "pid 1", Set.of(), Map.of(), null);
                },
                Duration.ofMinutes(1));
        Session session = new Session("sid", "pid 2", Set.of(), Map.of(), null);
        transport.followSession("sid", () -> session, Duration.ofMinutes(1));
        runTimers();
        assertThat(written).hasSize(1);
        runTimers();
        assertThat(tries).hasValue(2);
        assertThat(written).hasSize(1);
    }

    @Test
    void aSessionIsStoredLaterIfTheQueueIsFull() {
        KafkaTransport transport = started();
        full = true;
        transport.persistSession(new Session("sid", "pid", Set.of(), Map.of(), null), Duration.ofMinutes(1));
        full = false;
        written.clear();
        runTimers();
        assertThat(written).hasSize(1);
        runTimers();
        assertThat(written).hasSize(1);
    }

    /** An object of the application. */
    public static final class Failing {
        public String getText() {
            throw new AssertionError("expected in the log of this test");
        }
    }

    @Test
    void aSessionThatThrowsAnErrorIsOnlyLogged() {
        KafkaTransport transport = started();
        Session session = new Session("sid", "pid", Set.of(), Map.of("key", new Failing()), null);
        assertThatCode(() -> transport.persistSession(session, Duration.ofMinutes(1)))
                .doesNotThrowAnyException();
        assertThat(written).isEmpty();
    }

    @Test
    void anErrorInOneRecordDoesNotStopTheReader() {
        KafkaReader reader = reader(record -> {
            throw new StackOverflowError("expected in the log of this test");
        });
        assertThatCode(() -> reader.deliver(new ConsumerRecord<>("topic", 0, 0, new byte[0], new byte[0])))
                .doesNotThrowAnyException();
    }

    private static ConsumerRecord<byte[], byte[]> record(ClusterMessage message) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("topic", 0, 0, Headers.bytes("/"), ClusterCodec.encode(message));
        record.headers().add(Headers.SENDER, Headers.bytes(message.uid())).add(Headers.NUMBER, Headers.bytes(1));
        return record;
    }

    @Test
    void responsesAreHandledOnlyByTheServerTheyAreAddressedTo() {
        KafkaTransport transport = new KafkaTransport(new SimulatedLink());
        assertThat(transport.start(receiver())).isNotDone();
        ClusterMessage message = new ClusterMessage.Heartbeat("other", "/");
        for (String receiver : List.of("third", "uid")) {
            ConsumerRecord<byte[], byte[]> response = record(message);
            response.headers().add(Headers.RECEIVER, Headers.bytes(receiver));
            transport.onRequest(response);
            assertThat(received).as("response to " + receiver).hasSize(receiver.equals("uid") ? 1 : 0);
        }
        transport.onRequest(record(message));
        assertThat(received).as("request to all").hasSize(2);
        transport.onRequest(record(new ClusterMessage.Heartbeat("uid", "/")));
        assertThat(received).as("its own request").hasSize(2);
    }

    /** Closing takes a second if Kafka does not answer. */
    @Test
    void aServerThatIsStartedAgainDoesNotReceiveTheRecordsOfItsFormerReader() {
        recovery = null;
        List<Consumer<ConsumerRecord<byte[], byte[]>>> readers = new ArrayList<>();
        KafkaLink link = new KafkaLink(PROPERTIES, KafkaAdapterOptions.defaults()) {
            @Override
            KafkaReader reader(Duration sessions, Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
                readers.add(receiver);
                return new KafkaReader(PROPERTIES, options(), sessions, receiver) {
                    @Override
                    CompletableFuture<Void> start() {
                        return new CompletableFuture<>();
                    }

                    @Override
                    void close() {}
                };
            }
        };
        KafkaTransport transport = new KafkaTransport(link);
        assertThat(transport.start(receiver())).isNotDone();
        CompletableFuture<Void> closed = transport.close();
        assertThat(transport.start(receiver())).isNotDone();
        ClusterMessage message = new ClusterMessage.SocketsJoin("other", "/", BroadcastOptions.ALL, Set.of("room"));
        String topic = link.options().topic();
        for (Consumer<ConsumerRecord<byte[], byte[]>> reader : readers) {
            ConsumerRecord<byte[], byte[]> record =
                    new ConsumerRecord<>(topic, 0, 0, Headers.bytes("/"), ClusterCodec.encode(message));
            reader.accept(record);
        }
        assertThat(received).as("from two readers").hasSize(1);
        closed.join();
        transport.close().join();
    }

    @Test
    void aTransportThatIsClosedWhileItsLinkIsOpenedHoldsNothing() throws InterruptedException {
        AtomicReference<KafkaTransport> closing = new AtomicReference<>();
        AtomicBoolean fails = new AtomicBoolean(true);
        List<Thread> closers = new ArrayList<>();
        KafkaLink link = new KafkaLink(PROPERTIES, KafkaAdapterOptions.defaults()) {
            @Override
            KafkaReader reader(Duration sessions, Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
                Thread closer = new Thread(() -> closing.get().close().join());
                closers.add(closer);
                closer.start();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> closer.getState() == Thread.State.BLOCKED
                                || closer.getState() == Thread.State.TERMINATED);
                if (fails.get()) {
                    throw new IllegalStateException("expected in this test");
                }
                return KafkaTransportTest.reader(receiver);
            }
        };
        closing.set(new KafkaTransport(link));
        assertThatIllegalStateException().isThrownBy(() -> closing.get().start(receiver()));
        closers.get(0).join();
        fails.set(false);
        assertThat(closing.get().start(receiver())).isNotDone();
        closers.get(1).join();
        assertThat(link.open()).isNull();
    }

    /** No more threads are allowed. */
    @Test
    void aLinkWhoseThreadsCannotBeStartedHoldsNothingAndCanBeOpenedLater() throws InterruptedException {
        AtomicBoolean fails = new AtomicBoolean(true);
        KafkaLink link = new KafkaLink(PROPERTIES, KafkaAdapterOptions.defaults()) {
            @Override
            KafkaReader reader(Duration sessions, Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
                return new KafkaReader(PROPERTIES, options(), sessions, receiver) {
                    @Override
                    CompletableFuture<Void> start() {
                        if (fails.get()) {
                            throw new OutOfMemoryError("expected in this test");
                        }
                        return ready();
                    }

                    @Override
                    void close() {}
                };
            }
        };
        KafkaTransport transport = new KafkaTransport(link);
        assertThatThrownBy(() -> transport.start(receiver())).isInstanceOf(OutOfMemoryError.class);
        assertThat(link.open()).isNull();
        fails.set(false);
        assertThat(transport.start(receiver())).isNotDone();
        transport.close().join();
        assertThat(link.open()).isNull();
    }

    @Test
    void recordsThatAreReadImmediatelyReachTheFirstNamespace() {
        recovery = null;
        ConsumerRecord<byte[], byte[]> malformed = new ConsumerRecord<>(
                KafkaAdapterOptions.defaults().topic(), 0, 0, Headers.bytes("/"), Headers.bytes("malformed"));
        KafkaLink link = new KafkaLink(PROPERTIES, KafkaAdapterOptions.defaults()) {
            @Override
            KafkaReader reader(Duration sessions, Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
                return new KafkaReader(PROPERTIES, options(), sessions, receiver) {
                    @Override
                    CompletableFuture<Void> start() {
                        receiver.accept(malformed);
                        return ready();
                    }

                    @Override
                    void close() {}
                };
            }
        };
        KafkaTransport transport = new KafkaTransport(link);
        assertThat(transport.start(receiver())).isNotDone();
        assertThat(link.health().refused()).isEqualTo(1);
        transport.close().join();
    }

    @Test
    void withoutRecoveryAServerDoesNotReceiveItsOwnEvents() {
        recovery = null;
        KafkaTransport transport = new KafkaTransport(new SimulatedLink());
        assertThat(transport.start(receiver())).isNotDone();
        List<String> applied = new ArrayList<>();
        ClusterMessage message = new ClusterMessage.SocketsJoin("uid", "/", BroadcastOptions.ALL, Set.of("room"));
        transport.publish(message, applied::add);
        assertThat(applied).as("applied immediately, without an offset").containsExactly((String) null);
        transport.onEvent(record(message));
        assertThat(applied).hasSize(1);
        assertThat(received).isEmpty();
    }
}
