package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Namespaces that end before Redis is reached, or that end and start again; and emitters that are started before Redis. */
class TransportLifecycleTest {
    private final RejectingConnections wires = new RejectingConnections();
    private final RedisLink link = new RedisLink((resources, opening, timers) -> wires);
    private final List<ClusterMessage> received = new CopyOnWriteArrayList<>();
    private boolean retained;

    @AfterEach
    void close() {
        if (retained) {
            link.release().join();
        }
    }

    private CompletableFuture<Void> retain() {
        retained = true;
        return link.retain();
    }

    private Runnable onReceived = () -> {};

    private ClusterTransport.Receiver receiver(String name) {
        AdapterNamespace namespace = (AdapterNamespace) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {AdapterNamespace.class},
                (proxy, method, args) -> method.getName().equals("name") ? name : null);
        InMemoryAdapter rooms = new InMemoryAdapter(namespace);
        return new ClusterTransport.Receiver() {
            @Override
            public void onMessage(ClusterMessage message, @Nullable String offset) {
                received.add(message);
                onReceived.run();
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
                return "uid";
            }
        };
    }

    private StreamsTransport streams() {
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.defaults();
        return new StreamsTransport(link, new StreamAppender(link, "stream", options), options);
    }

    @Test
    void aTransportThatIsClosedBeforeRedisIsReachedStaysUnsubscribed() {
        wires.answer = List.of();
        wires.opening = new CompletableFuture<>();
        CompletableFuture<Void> ready = retain();
        StreamsTransport streams = streams();
        for (ClusterTransport transport : List.of(
                new PubSubTransport(link, RedisAdapterOptions.defaults()),
                new ShardedTransport(link, ShardedRedisAdapterOptions.defaults()),
                streams)) {
            var unused = transport.start(receiver("/closed"));
            transport.close().join();
        }
        PubSubTransport open = new PubSubTransport(link, RedisAdapterOptions.defaults());
        CompletableFuture<Void> started = open.start(receiver("/open"));
        wires.opening.complete(null);
        ready.join();
        started.join();

        Awaiting.until(() ->
                wires.subscribed.size() == 4 && wires.subscribed.stream().allMatch(topic -> topic.contains("#/open#")));
        open.close().join();
    }

    @Test
    void aNamespaceThatEndsAndStartsAgainReceivesEachEntryOnce() {
        wires.answer = List.of();
        retain().join();
        StreamsTransport transport = streams();
        transport.start(receiver("/")).join();
        transport.close().join();
        transport.start(receiver("/")).join();
        assertThat(wires.reads).hasSize(2);
        wires.reads.forEach(read -> read.complete(List.of(entry("1-1"))));

        assertThat(received).hasSize(1);
        transport.close().join();
    }

    private static StreamMessage<byte[], byte[]> entry(String id) {
        return new StreamMessage<>(
                RedisLink.bytes("stream"),
                id,
                Map.of(
                        RedisLink.bytes("uid"), RedisLink.bytes("other"),
                        RedisLink.bytes("nsp"), RedisLink.bytes("/"),
                        RedisLink.bytes("type"), RedisLink.bytes("2")));
    }

    @Test
    void anErrorInOneEntryDoesNotStopTheReader() {
        wires.answer = List.of();
        retain().join();
        StreamsTransport transport = streams();
        transport.start(receiver("/")).join();
        onReceived = () -> {
            throw new StackOverflowError("expected in the log of this test");
        };
        wires.reads.get(0).complete(List.of(entry("1-1"), entry("1-2")));

        assertThat(received).hasSize(2);
        assertThat(wires.reads).as("it reads on").hasSize(2);
        transport.close().join();
    }

    @Test
    void anErrorInOneMessageDoesNotReachTheRedisClient() {
        retain().join();
        List<String> channels = new CopyOnWriteArrayList<>();
        link.subscribe(RedisConnections.Kind.CHANNEL, "channel", this, (channel, message) -> {
                    channels.add(channel);
                    throw new StackOverflowError("expected in the log of this test");
                })
                .join();
        RedisConnections.Topic topic = new RedisConnections.Topic(RedisConnections.Kind.CHANNEL, "channel");
        assertThatCode(() -> link.onMessage(topic, "channel", new byte[0])).doesNotThrowAnyException();
        assertThat(channels).hasSize(1);
    }

    @Test
    void anOwnEntryWithAMalformedNumberDoesNotStopTheAppender() {
        wires.answer = List.of();
        retain().join();
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.defaults();
        StreamAppender appender = new StreamAppender(link, "stream", options);
        StreamsTransport transport = new StreamsTransport(link, appender, options);
        transport.start(receiver("/")).join();
        wires.answer = null;
        appender.add(Map.of("type", "3"), false, offset -> {});
        Awaiting.until(() -> appender.unsent() == 1);
        wires.range = List.of(new StreamMessage<>(
                RedisLink.bytes("stream"),
                "1-1",
                Map.of(
                        RedisLink.bytes("uid"), RedisLink.bytes("uid"),
                        RedisLink.bytes("nsp"), RedisLink.bytes("/"),
                        RedisLink.bytes("seq"), RedisLink.bytes("not a number"))));
        wires.answer = "1-2";

        Awaiting.until(() -> appender.queued() == 0);
        transport.close().join();
    }

    @Test
    void anEmitterThatWasCreatedLongBeforeRedisSendsWhenRedisIsThere() {
        wires.answer = 1L;
        wires.opening = new CompletableFuture<>();
        try (Emitter emitter = Emitter.over(new RedisEmitterTransport.PubSub(link, "key", Duration.ofMillis(10)))) {
            assertThat(emitter.emit("early").handle((done, error) -> error).join())
                    .isNotNull();
            wires.opening.complete(null);
            Awaiting.until(() ->
                    emitter.emit("late").handle((done, error) -> error == null).join());
        }
    }

    /** As for a user who may publish, but not subscribe. */
    @Test
    void refusedSubscriptionsStayReportedWhileMessagesAreAccepted() {
        retain().join();
        wires.answer = 1L;
        link.onSubscriptionFailed(new RedisCommandExecutionException("NOPERM, expected in the log of this test"));
        link.publish(RedisConnections.Kind.CHANNEL, "channel", new byte[0]).join();
        assertThat(link.health(0).problem()).contains("NOPERM");
        link.onSubscribed();
        assertThat(link.health(0).problem()).isNull();
    }

    /** The timers of the link are those of its present use. */
    @Test
    void aLinkThatWasClosedBeforeRedisWasReachedDoesNotConnectAfterItsNextStart() {
        RejectingConnections other = new RejectingConnections();
        Iterator<RejectingConnections> each = List.of(wires, other).iterator();
        RedisLink reused = new RedisLink((resources, opening, timers) -> each.next());
        wires.opening = new CompletableFuture<>();
        reused.retain();
        reused.release().join();
        reused.retain().join();
        wires.opening.completeExceptionally(new IllegalStateException("expected in this test"));
        CompletableFuture<Void> later = new CompletableFuture<>();
        reused.later(Duration.ofMillis(700), () -> later.complete(null));
        later.join();
        assertThat(wires.attempts).as("attempts of the closed connections").hasValue(1);
        reused.release().join();
    }

    @Test
    void aConnectionForSubscriptionsThatWasLostBeforeTheLinkWasClosedIsNotReportedAfterItsNextStart() {
        link.retain().join();
        link.onSubscriberLost("lost, as expected in this test");
        link.release().join();
        retain().join();
        assertThat(link.health(0).problem()).isNull();
    }

    /** As with the address of a replica: each reconnection interrupts the subscriptions, and is logged. */
    @Test
    void aRedisThatStaysReadOnlyIsLeftLessAndLessOften() {
        retain().join();
        Awaiting.until(() -> {
            link.stalled(new RedisCommandExecutionException("READONLY You can't write against a read only replica."));
            return wires.reconnections.size() >= 3;
        });
        Duration between = Duration.ofNanos(wires.reconnections.get(2) - wires.reconnections.get(0));
        assertThat(between).isGreaterThan(Duration.ofMillis(2_900));
    }

    @Test
    void messagesOfAStreamsEmitterAreBoundedWhileRedisDoesNotAnswer() {
        wires.answer = null;
        wires.onCommand = () -> {};
        wires.pending = true;
        try (Emitter emitter =
                Emitter.over(new RedisEmitterTransport.Streams(link, RedisStreamsAdapterOptions.defaults()))) {
            link.retain().join();
            byte[] megabyte = new byte[1024 * 1024];
            CompletableFuture<?> last = new CompletableFuture<>();
            for (int i = 0; i < 70; i++) {
                last = emitter.emit("big", megabyte);
            }
            CompletableFuture<?> tooMany = last;
            Awaiting.until(tooMany::isCompletedExceptionally);
            wires.commandsUnderWay.forEach(command -> command.complete("1-1"));
            link.release().join();
        }
    }

    @Test
    void messagesThatWaitForTheFirstConnectionAreBounded() {
        wires.answer = 1L;
        wires.opening = new CompletableFuture<>();
        try (Emitter emitter = Emitter.over(new RedisEmitterTransport.PubSub(link, "key", Duration.ofMinutes(1)))) {
            byte[] megabyte = new byte[1024 * 1024];
            CompletableFuture<?> last = new CompletableFuture<>();
            for (int i = 0; i < 70; i++) {
                last = emitter.emit("big", megabyte);
            }
            assertThat(last).isCompletedExceptionally();
            wires.opening.complete(null);
            emitter.emit("small").join();
        }
    }

    /** It would not count this server, and miss the answers. */
    @Test
    void serversAreNotCountedWhileTheConnectionForSubscriptionsIsLost() {
        retain().join();
        assertThat(link.subscribers(RedisConnections.Kind.CHANNEL, "channel")).isCompletedExceptionally();
        link.subscribe(RedisConnections.Kind.CHANNEL, "channel", this, (channel, message) -> {})
                .join();
        assertThat(link.subscribers(RedisConnections.Kind.CHANNEL, "channel")).isCompletedWithValue(1);
        link.onSubscriberLost("expected in the log of this test");
        assertThat(link.subscribers(RedisConnections.Kind.CHANNEL, "channel")).isCompletedExceptionally();
        link.onSubscriberBack();
        Awaiting.until(() ->
                !link.subscribers(RedisConnections.Kind.CHANNEL, "channel").isCompletedExceptionally());
    }

    /** The connections to a Redis Cluster report lost subscriptions so, and send them again themselves. */
    @Test
    void serversAreNotCountedWhileSubscriptionsOfAClusterAreLost() {
        retain().join();
        link.subscribe(RedisConnections.Kind.CHANNEL, "channel", this, (channel, message) -> {})
                .join();
        link.onDisconnected("a member was lost, expected in the log of this test");
        assertThat(link.subscribers(RedisConnections.Kind.CHANNEL, "channel")).isCompletedExceptionally();
        link.onConnected();
        assertThat(link.subscribers(RedisConnections.Kind.CHANNEL, "channel")).isCompletedWithValue(1);
    }

    /** The tasks of the connection that was lost again run later. */
    @Test
    void aConnectionThatIsLostAgainAtOnceIsReported() {
        retain().join();
        link.onDisconnected("lost, expected in the log of this test");
        link.onConnected();
        link.onDisconnected("lost again, expected in the log of this test");
        CompletableFuture<Void> later = new CompletableFuture<>();
        link.later(Duration.ofMillis(1), () -> later.complete(null));
        later.join();
        assertThat(link.health(0).problem()).startsWith("lost again");
    }

    /** The application may start the server again. */
    @Test
    void aLinkThatCannotBeOpenedIsOpenedByTheNextUser() {
        AtomicBoolean fails = new AtomicBoolean(true);
        RedisLink other = new RedisLink((resources, opening, timers) -> {
            if (fails.getAndSet(false)) {
                throw new IllegalStateException("expected in this test");
            }
            return wires;
        });
        assertThatIllegalStateException().isThrownBy(other::retain);
        assertThat(other.retain()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(other.connected()).isTrue();
        other.release().join();
        assertThat(other.connected()).isFalse();
    }

    /** As with options that Lettuce refuses. */
    @Test
    void aTransportWhoseLinkCannotBeOpenedHoldsNothing() {
        List<ExecutorService> threads = new CopyOnWriteArrayList<>();
        AtomicBoolean fails = new AtomicBoolean();
        RedisLink other = new RedisLink((resources, opening, timers) -> {
            threads.add(timers);
            threads.add(resources.eventExecutorGroup());
            if (fails.get()) {
                throw new IllegalStateException("expected in this test");
            }
            return wires;
        });
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.defaults();
        wires.answer = List.of();
        for (ClusterTransport transport : List.of(
                new PubSubTransport(other, RedisAdapterOptions.defaults()),
                new ShardedTransport(other, ShardedRedisAdapterOptions.defaults()),
                new StreamsTransport(other, new StreamAppender(other, "stream", options), options))) {
            threads.clear();
            fails.set(true);
            assertThatIllegalStateException().isThrownBy(() -> transport.start(receiver("/failing")));
            assertThat(threads).hasSize(2);
            Awaiting.until(() -> threads.stream().allMatch(ExecutorService::isShutdown));
            fails.set(false);
            PubSubTransport open = new PubSubTransport(other, RedisAdapterOptions.defaults());
            open.start(receiver("/open")).join();
            transport.close().join();
            assertThat(other.connected()).as("used by the other namespace").isTrue();
            open.close().join();
            assertThat(other.connected()).isFalse();
        }
    }

    @Test
    void aTransportThatIsClosedWhileItsLinkIsOpenedHoldsNothing() throws InterruptedException {
        AtomicReference<ClusterTransport> closing = new AtomicReference<>();
        List<Thread> closers = new CopyOnWriteArrayList<>();
        RedisLink other = new RedisLink((resources, opening, timers) -> {
            Thread closer = new Thread(() -> closing.get().close().join());
            closers.add(closer);
            closer.start();
            Awaiting.until(
                    () -> closer.getState() == Thread.State.BLOCKED || closer.getState() == Thread.State.TERMINATED);
            return wires;
        });
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.defaults();
        for (ClusterTransport transport : List.of(
                new PubSubTransport(other, RedisAdapterOptions.defaults()),
                new ShardedTransport(other, ShardedRedisAdapterOptions.defaults()),
                new StreamsTransport(other, new StreamAppender(other, "stream", options), options))) {
            closing.set(transport);
            closers.clear();
            var unused = transport.start(receiver("/closed"));
            closers.get(0).join();
            assertThat(other.connected())
                    .as(transport.getClass().getSimpleName())
                    .isFalse();
        }
    }

    /** As when a name cannot be resolved for now. */
    @Test
    void anAttemptToConnectThatThrowsIsRepeated() {
        wires.throwing = 2;
        assertThat(retain()).succeedsWithin(Duration.ofSeconds(20));
        assertThat(wires.attempts).hasValue(3);
    }
}
