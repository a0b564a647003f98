package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.PacketTooLargeException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.PayloadBinding;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Objects, bindings and executors of the application that fail, and large numbers of events. On a fake loop, clock and network. */
class FailuresOfTheApplicationTest {
    private static final String SMALL =
            "0{\"sid\":\"engine\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":40}";
    private final Bench bench = new Bench();

    private List<String> events() {
        return bench.server().frames.stream()
                .filter(frame -> frame.startsWith("42"))
                .toList();
    }

    /** Can be encoded once. */
    public static final class Once {
        private final AtomicInteger reads = new AtomicInteger();

        public int getValue() {
            if (reads.getAndIncrement() > 0) {
                throw new IllegalStateException("closed");
            }
            return 7;
        }
    }

    @Test
    void anEventWithRetriesNeedsItsObjectsOnlyWhenItIsEmitted() {
        Socket socket = bench.connected(Bench.webSocket().retries(2).build());
        socket.emit("a", new Once(), new byte[] {1, 2});
        socket.emit("b");
        String first = "[\"a\",{\"value\":7},{\"_placeholder\":true,\"num\":0}]";
        assertThat(bench.server().frames).endsWith("451-0" + first, "hex:0102");
        bench.reconnect().text("40{\"sid\":\"id-2\"}");
        assertThat(bench.server().frames).endsWith("451-1" + first, "hex:0102");
        bench.server().text("431[]").text("432[]");
        assertThat(events()).containsExactly("422[\"b\"]");
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void anEventWithRetriesIsSentAsEmittedThoughItsArrayWasReused() {
        Socket socket = bench.connected(Bench.webSocket().retries(2).build());
        byte[] array = {1, 2};
        socket.emit("a", (Object) array);
        array[0] = 9;
        bench.reconnect().text("40{\"sid\":\"id-2\"}");
        assertThat(bench.server().frames).endsWith("hex:0102");
    }

    /** With more attachments than may be received, the objects themselves are encoded again. */
    @Test
    void anEventThatCannotBeEncodedAgainDoesNotStopTheQueue() {
        Socket socket = bench.connected(Bench.webSocket().retries(2).build());
        Object[] args = new Object[12];
        java.util.Arrays.fill(args, new byte[] {1});
        args[11] = new Once();
        CompletableFuture<Arguments> answer = socket.emitWithAck("a", args);
        socket.emit("b");
        assertThatThrownBy(answer::join).hasMessageContaining("the event cannot be encoded");
        assertThat(events()).containsExactly("421[\"b\"]");
        bench.server().text("431[]");
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void anyNumberOfQueuedEventsMayBeTooLarge() {
        int count = 9000;
        Socket socket = bench.socket(Bench.webSocket().retries(2).build());
        List<CompletableFuture<Arguments>> large = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            large.add(socket.emitWithAck("large", "x".repeat(50)));
        }
        CompletableFuture<Arguments> small = socket.emitWithAck("s");
        bench.server().begin().text(SMALL).text("40{\"sid\":\"id\"}");
        assertThat(large)
                .allSatisfy(
                        answer -> assertThatThrownBy(answer::join).hasCauseInstanceOf(PacketTooLargeException.class));
        assertThat(events()).singleElement().asString().endsWith("[\"s\"]");
        bench.server().text("43" + events().get(0).substring(2).replace("[\"s\"]", "[]"));
        assertThat(small).isCompleted();
    }

    /** A binding that the application has registered, and that does not accept each value. */
    private static final class Strict implements PayloadBinding {
        private final PayloadBinding all = PayloadBinding.defaultBinding();

        @Override
        public byte[] write(@Nullable Object value, List<byte[]> attachments) {
            return all.write(value, attachments);
        }

        @Override
        public @Nullable Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
            if (json[offset] == '[') {
                throw new BindingException("no lists", type, "$", null);
            }
            return all.read(json, offset, length, attachments, type);
        }

        @Override
        public @Nullable Object toNatural(@Nullable Object value) {
            return all.toNatural(value);
        }

        @Override
        public @Nullable Object convert(@Nullable Object value, Type type) {
            return all.convert(value, type);
        }
    }

    @Test
    void anArgumentThatCannotBeReadDoesNotEndARecoverableConnection() {
        Socket socket = bench.connected(
                Bench.webSocket().parser(JsonParser.with(new Strict())).build());
        List<String> got = new ArrayList<>();
        socket.onAny((event, args) -> got.add(event));
        bench.server().text("42[\"list\",[1]]").text("42[\"text\",\"offset-1\"]");
        assertThat(got).containsExactly("list", "text");
        bench.reconnect();
        assertThat(bench.server().frames).containsExactly("40{\"pid\":\"p\",\"offset\":\"offset-1\"}");
    }

    @Test
    void pendingAcksFailAlsoIfNoThreadCanBeStarted() {
        Socket socket = bench.connected(Bench.webSocket().build());
        List<CompletableFuture<Arguments>> answers =
                List.of(socket.emitWithAck("a"), socket.emitWithAck("b"), socket.emitWithAck("c"));
        bench.completions = task -> {
            throw new InternalError("no thread can be started");
        };
        bench.server().end();
        assertThat(answers)
                .allSatisfy(answer ->
                        assertThatThrownBy(answer::join).hasCauseInstanceOf(SocketDisconnectedException.class));
        assertThat(socket.connected()).isFalse();
    }

    @Test
    void anAttemptWhoseSuppliersCannotRunFailsAndIsRepeated() {
        AtomicInteger refusals = new AtomicInteger();
        bench.completions = task -> {
            if (refusals.getAndIncrement() == 0) {
                throw new InternalError("no thread can be started");
            }
            task.run();
        };
        Socket socket = bench.socket(
                Bench.webSocket().timeout(null).querySupplier(java.util.Map::of).build());
        assertThat(bench.webSockets).isEmpty();
        bench.loop.advance(1000);
        bench.server().accept().text("40{\"sid\":\"id\"}");
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void commandsThatNeverEndDoNotKeepTheLoop() {
        Socket socket = bench.connected(Bench.webSocket().build());
        AtomicInteger sent = new AtomicInteger();
        List<Integer> seen = new ArrayList<>();
        socket.onAnyOutgoing((event, args) -> {
            seen.add(events().size());
            if (sent.incrementAndGet() < 5000) {
                socket.emit("next"); // as from a thread that is faster than the loop
            }
        });
        socket.emit("next");
        assertThat(events()).hasSize(5000);
        assertThat(seen)
                .as("the network gets events before the last one was emitted")
                .anyMatch(count -> count > 0);
    }

    @Test
    void aManagerIsReleasedWhenNobodyWaitsAnymore() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.disconnect();
        CompletableFuture<Arguments> answer = socket.emitWithAck("e");
        assertThat(bench.io.heldForTests()).isOne();
        answer.cancel(false);
        assertThat(bench.io.heldForTests()).isZero();
        CompletableFuture<Arguments> next = socket.next("e");
        assertThat(bench.io.heldForTests()).isOne();
        next.cancel(false);
        assertThat(bench.io.heldForTests()).isZero();
    }

    @Test
    void pingListenersThatAreBusyPauseReading() {
        Socket socket = bench.connected(Bench.webSocket().mailboxCapacity(10).build());
        AtomicInteger pings = new AtomicInteger();
        socket.io().onPing(pings::incrementAndGet);
        bench.listeners.busy = true;
        for (int i = 0; i < 100; i++) {
            bench.server().text("2");
        }
        assertThat(bench.server().waiting()).isGreaterThan(50);
        bench.listeners.release();
        assertThat(pings).hasValue(100);
    }

    @Test
    void connectListenersThatAreBusyPauseReading() {
        Socket socket = bench.connected(Bench.webSocket().mailboxCapacity(10).build());
        AtomicInteger connects = new AtomicInteger();
        socket.onConnect((id, recovered) -> connects.incrementAndGet());
        socket.onConnectError(error -> connects.incrementAndGet());
        bench.listeners.busy = true;
        for (int i = 0; i < 50; i++) {
            bench.server().text("40{\"sid\":\"again\"}").text("40{}");
        }
        assertThat(bench.server().waiting()).isGreaterThan(50);
        bench.listeners.release();
        assertThat(connects).hasValue(100);
    }

    @Test
    void listenersThatAreBusyWhenTheConnectionOpensDoNotPauseReadingForever() {
        Socket socket = bench.socket(Bench.webSocket().mailboxCapacity(1).build());
        AtomicInteger packets = new AtomicInteger();
        socket.io().onEnginePacket(packet -> packets.incrementAndGet());
        bench.listeners.busy = true;
        bench.server().accept().text("40{\"sid\":\"id\"}").text("2");
        bench.listeners.release();
        assertThat(bench.server().isReading()).isTrue();
        assertThat(bench.server().waiting()).isZero();
        assertThat(socket.connected()).isTrue();
        assertThat(packets).hasValue(3);
    }
}
