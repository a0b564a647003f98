package dev.sockeye.verification.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.AckErrorException;
import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.EventReceiver;
import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.BroadcastTarget;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.ParentNamespace;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Uses each part of the API once, in each form that Java offers. The test is that it compiles. The Kotlin counterpart is WholeApiInKotlinTest. */
class WholeApiTest {
    record Order(String item, int count) {}

    record Receipt(String id) {}

    private static final Event<Order> ORDERED = Event.of("ordered", Order.class);
    private static final Event<List<Order>> ALL = Event.of("all", new TypeRef<List<Order>>() {});
    private static final Request<Order, Receipt> BUY = Request.of("buy", Order.class, Receipt.class);
    private static final Request<Void, List<Order>> LIST =
            Request.of("list", Void.class, new TypeRef<List<Order>>() {});
    private static final Duration SOON = Duration.ofSeconds(1);

    private final List<Object> seen = new ArrayList<>();

    private void overloaded(Order order) {
        seen.add(order);
    }

    @SuppressWarnings({"UnusedMethod", "unused"}) // its being there is what makes the other's name overloaded
    private void overloaded(Order order, Ack ack) {
        ack.send(order);
    }

    private Receipt buy(Order order) throws Exception {
        if (order.count() == 0) {
            throw new AckErrorException("nothing ordered");
        }
        return new Receipt(order.item());
    }

    private List<Registration> receives(EventReceiver socket) {
        EventHandler<Order> handler = seen::add;
        AckEventHandler<Order> answering = (order, ack) -> ack.send(order.count());
        List<Registration> added = new ArrayList<>(List.of(
                socket.on("plain", () -> seen.add("plain")),
                socket.on("plain", seen::clear),
                socket.on("raw", (args, ack) -> ack.send(args.get(0), args.size(), ack.expected())),
                socket.on("ordered", Order.class, order -> seen.add(order)),
                socket.on("ordered", Order.class, (order, ack) -> ack.error("no")),
                socket.on("ordered", Order.class, seen::add),
                socket.on("ordered", Order.class, this::overloaded),
                socket.on("ordered", Order.class, handler),
                socket.on("ordered", Order.class, answering),
                socket.on("all", new TypeRef<List<Order>>() {}, seen::add),
                socket.on("all", new TypeRef<List<Order>>() {}, (orders, ack) -> ack.send(orders.size())),
                socket.on("move", Integer.class, Integer.class, (x, y) -> seen.add(x + y)),
                socket.on("move", Integer.class, Integer.class, (x, y, ack) -> ack.send(x + y)),
                socket.on(ORDERED, seen::add),
                socket.on(ORDERED, (order, ack) -> new CountDownLatch(0).await()),
                socket.once(ORDERED, order -> seen.add(order)),
                socket.prepend(ALL, (orders, ack) -> ack.send(orders)),
                socket.onRequest("buy", Order.class, order -> 7),
                socket.onRequest("buy", Order.class, this::buy),
                socket.onRequest("list", new TypeRef<List<Order>>() {}, List::size),
                socket.onRequest(BUY, this::buy),
                socket.onRequestAsync(BUY, order -> CompletableFuture.supplyAsync(() -> new Receipt(order.item()))),
                socket.onUnknownEvent((event, args, ack) -> ack.error("unknown " + event)),
                socket.onAny((event, args) -> seen.add(event + args.toList())),
                socket.onAnyOutgoing((event, args) -> seen.add(event)),
                socket.onError(error -> seen.add(error.getMessage()))));
        socket.off("ordered", handler);
        socket.off("plain");
        seen.addAll(socket.eventNames());
        seen.addAll(socket.listeners("buy"));
        return added;
    }

    private CompletableFuture<?> sends(EventSender socket) {
        socket.emit("plain");
        socket.emit("move", 1, 2);
        socket.emit(ORDERED, new Order("tea", 1));
        socket.emit(ALL, List.of());
        socket.send("hello");
        CompletableFuture<Arguments> raw = socket.emitWithAck("raw", 1);
        CompletableFuture<Integer> number = socket.emitWithAck("move", Integer.class, 1, 2);
        CompletableFuture<List<Order>> list = socket.emitWithAck("list", new TypeRef<List<Order>>() {});
        CompletableFuture<Receipt> receipt = socket.emitWithAck(BUY, new Order("tea", 1));
        return CompletableFuture.allOf(raw, number, list, receipt);
    }

    private CompletableFuture<?> broadcasts(BroadcastTarget target) {
        target.to("room").except("other").local().asVolatile().compress(false).emit(ORDERED, new Order("tea", 2));
        target.socketsJoin("room");
        target.socketsLeave("room");
        CompletableFuture<List<Receipt>> receipts = target.timeout(SOON).emitWithAck(BUY, new Order("tea", 1));
        CompletableFuture<List<Integer>> numbers = target.emitWithAck("move", Integer.class, 1, 2);
        return target.fetchSockets().thenCombine(receipts, List::of).thenCombine(numbers, List::of);
    }

    private void connected(Socket socket) throws InterruptedException {
        receives(socket).forEach(Registration::close);
        sends(socket).cancel(false);
        sends(socket.timeout(SOON).asVolatile().compress(true)).cancel(false);
        try (Registration middleware = socket.use((event, next) -> next.next())) {
            assertThat(middleware).isNotNull();
        }
        socket.onDisconnecting((reason, details) -> seen.add(reason.text() + details.description()));
        socket.onDisconnect((reason, details) -> seen.add(details.code()));
        socket.join("room");
        broadcasts(socket.to("room")).cancel(false);
        try {
            Receipt receipt = socket.call(BUY, SOON, new Order("tea", 1));
            seen.add(receipt.id() + socket.namespaceName() + socket.namespace().name());
        } catch (AckTimeoutException timeout) {
            seen.addAll(timeout.responses());
        } catch (SocketIoException other) {
            socket.disconnect(true);
        }
    }

    private void cluster(Namespace namespace, RemoteSocket remote) {
        namespace.onServerSideEvent("stock", (args, ack) -> ack.send(args.size()));
        namespace.onServerSideEvent(ORDERED, seen::add);
        namespace.onServerSideRequest(LIST, nothing -> List.of());
        namespace.serverSideEmit(ORDERED, new Order("tea", 3));
        CompletableFuture<List<Receipt>> receipts = namespace.serverSideEmitWithAck(BUY, new Order("tea", 1));
        receipts.cancel(false);
        sends(remote.timeout(SOON)).cancel(false);
        remote.join("room");
    }

    private void client(dev.sockeye.socketio.client.Socket socket) {
        receives(socket).forEach(Registration::close);
        sends(socket).cancel(false);
        sends(socket.timeout(SOON).asVolatile().compress(true)).cancel(false);
        socket.onConnect(() -> seen.add("connected")).close();
        socket.onConnect((id, recovered) -> seen.add(id)).close();
        socket.onConnectError(error -> seen.add(error.refused())).close();
        socket.onDisconnect((reason, details) -> seen.add(reason.text() + details.description()))
                .close();
        socket.prependAny((event, args) -> seen.add(event)).close();
        socket.removeAllListeners();
        socket.clearSendBuffer();
    }

    @Test
    void theClientApiHasTheSameOverloads() {
        try (SocketIoClient client = SocketIoClient.create()) {
            client(client.socket("http://127.0.0.1:1"));
            assertThat(seen).doesNotContain("connected");
        }
    }

    @Test
    void theWholeApiCompilesWithoutAmbiguousCalls() {
        try (SocketIoServer io = SocketIoServer.create()) {
            Registration handler = io.onConnection(this::connected);
            io.use((socket, next) -> next.next()).close();
            ParentNamespace parent = io.of(Pattern.compile("^/shop-"), this::connected);
            io.onNewNamespace(namespace -> seen.add(namespace.name() + parent.name()));
            io.onHandlerError((socket, event, error) -> seen.add(event));
            io.onAck((socket, event, took, error) -> seen.add(took));
            Namespace shop = io.of("/shop-1");
            io.onServerSideEvent(ORDERED, (order, ack) -> ack.send());
            assertThat(seen).containsExactly("/shop-1" + parent.name());
            broadcasts(shop).cancel(false);
            assertThat(io.fetchSockets().join().stream().peek(remote -> cluster(shop, remote)))
                    .isEmpty();
            handler.close();
            assertThat(io.closeAsync()).succeedsWithin(Duration.ofSeconds(30));
        }
    }
}
