package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.protocol.TypeRef;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@Tag("threads")
@ParameterizedClass
@EnumSource(TestServers.class)
class ListenersTest {
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final Event<Integer> NUMBER = Event.of("number", Integer.class);

    @Parameter
    private TestServers server;

    private final SocketIoClient io = SocketIoClient.create();

    @AfterEach
    void close() {
        io.close();
    }

    private static ClientOptionsBuilder fresh() {
        return ClientOptions.builder().forceNew(true).reconnectionDelay(Duration.ofMillis(10));
    }

    private Socket connected() throws InterruptedException {
        return io.socket(server.main(), fresh().build()).connectBlocking(SHORT);
    }

    /** When this is answered, all events sent before have been received. */
    private static void settle(Socket socket) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        socket.emit("echo", Arguments.of(0), (error, args) -> end.countDown());
        assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aOnceListenerIsCalledOnce() throws Exception {
        Socket socket = connected();
        List<Object> calls = new CopyOnWriteArrayList<>();
        socket.once("number", (args, ack) -> calls.add(args.get(0)));
        socket.once("number", Integer.class, calls::add);
        socket.once(NUMBER, calls::add);
        socket.emit("numbers", 3);
        settle(socket);
        assertThat(calls).containsExactly(0, 0, 0);
        assertThat(socket.listeners("number")).isEmpty();
    }

    @Test
    void listenersCanBeRemovedIndividuallyAndAllAtOnce() throws Exception {
        Socket socket = connected();
        List<Object> calls = new CopyOnWriteArrayList<>();
        RawHandler one = (args, ack) -> calls.add("one");
        EventHandler<Integer> two = number -> calls.add("two");
        EventHandler<Integer> three = number -> calls.add("three");
        socket.on("number", one);
        socket.on("number", Integer.class, two);
        socket.on(NUMBER, three);
        assertThat(socket.listeners("number")).containsExactly(one, two, three);
        socket.off("number", two);
        socket.emit("numbers", 1);
        settle(socket);
        assertThat(calls).containsExactly("one", "three");
        socket.off("number");
        socket.emit("numbers", 1);
        settle(socket);
        assertThat(calls).hasSize(2);
    }

    @Test
    void genericTypesAreBound() throws Exception {
        Socket socket = connected();
        assertThat(socket.call("echo", SHORT, List.of(1, 2)).get(0, new TypeRef<List<Long>>() {}))
                .containsExactly(1L, 2L);
        List<Integer> numbers = new CopyOnWriteArrayList<>();
        socket.on("number", new TypeRef<Integer>() {}, numbers::add);
        socket.emit("numbers", 2);
        settle(socket);
        assertThat(numbers).containsExactly(0, 1);
    }

    @Test
    void nextReturnsTheNextEventAndAwaitNextTimesOut() throws Exception {
        Socket socket = connected();
        assertThatThrownBy(() -> socket.awaitNext("number", Duration.ofMillis(50)))
                .isInstanceOf(TimeoutException.class);
        var number = socket.next("number");
        socket.emit("numbers", 1);
        assertThat(number.get().get(0)).isEqualTo(0);
    }

    @Test
    void aListenerExceptionIsReportedAndTheOtherListenersStillRun() throws Exception {
        Socket socket = connected();
        List<Throwable> errors = new CopyOnWriteArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        socket.onError(errors::add);
        socket.on("number", (args, ack) -> {
            throw new IllegalStateException("broken");
        });
        socket.on("number", (args, ack) -> calls.incrementAndGet());
        socket.emit("numbers", 2);
        settle(socket);
        assertThat(calls).hasValue(2);
        assertThat(errors).hasSize(2).allSatisfy(error -> assertThat(error).hasMessage("broken"));
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void aManagerEmitsConnectionEvents() throws Exception {
        Manager manager =
                io.manager(server.url("quick"), fresh().autoConnect(false).build());
        List<String> events = new CopyOnWriteArrayList<>();
        AtomicInteger packets = new AtomicInteger();
        manager.onOpen(() -> {
            throw new IOException("listeners may throw");
        });
        manager.onUpgrade(to -> {
            throw new IOException("listeners may throw");
        });
        manager.onOpen(() -> events.add("open"));
        manager.onPing(() -> events.add("ping"));
        manager.onUpgrade(to -> events.add("upgrade " + to.text()));
        manager.onClose((reason, details) -> events.add("close " + reason.text()));
        Registration counting = manager.onPacket(packet -> {
            if (packet instanceof SocketPacket.Connect) {
                packets.incrementAndGet();
            }
        });
        Socket socket = manager.socket("/").connectBlocking(SHORT);
        await().untilAsserted(() -> assertThat(events).contains("open", "ping", "upgrade websocket"));
        await().untilAsserted(() -> assertThat(packets).hasValue(1));
        counting.close();
        socket.disconnect();
        await().untilAsserted(() -> assertThat(events).endsWith("close forced close"));
        socket.connectBlocking(SHORT);
        assertThat(packets).hasValue(1);
    }
}
