package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.SocketIoServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The code of docs/delivery-guarantees.md, with connections that are lost at the worst moment. */
class DeliveryTest {

    record Order(String id, int amount) {}

    // tag::news
    record News(long number, String text) {}
    // end::news

    /** In place of a table in a database. */
    static final class NewsStore {
        private final List<News> all = new ArrayList<>();

        synchronized News add(String text) {
            News news = new News(all.size() + 1, text);
            all.add(news);
            return news;
        }

        synchronized List<News> after(long number) {
            return List.copyOf(all.subList((int) number, all.size()));
        }
    }

    // tag::reader
    static final class Reader {
        private final Socket socket;
        private final Consumer<News> consumer;
        private long seen; // keep it in a file if the program may be restarted

        Reader(Socket socket, Consumer<News> consumer) {
            this.socket = socket;
            this.consumer = consumer;
            socket.on("news", News.class, this::received);
            socket.onConnect(this::catchUp);
        }

        private synchronized void received(News news) {
            if (news.number() == seen + 1) {
                seen = news.number();
                consumer.accept(news);
            } else if (news.number() > seen + 1) {
                catchUp(); // something is missing
            } // else it was received before
        }

        private synchronized void catchUp() {
            socket.timeout(Duration.ofSeconds(10))
                    .emitWithAck("news after", new TypeRef<List<News>>() {}, seen)
                    .thenAccept(missed -> missed.forEach(this::received));
        }
    }
    // end::reader

    @Test
    void aClientReceivesEveryEventDespiteALostConnection() throws Exception {
        NewsStore store = new NewsStore();
        try (Server server = Server.started();
                SocketIoClient clients = SocketIoClient.create()) {
            SocketIoServer io = server.io;
            // tag::publish
            io.onConnection(socket -> {
                socket.join("news");
                socket.onRequest("news after", Long.class, store::after);
            });
            // end::publish
            List<String> received = new CopyOnWriteArrayList<>();
            Socket socket = clients.socket(
                    "http://localhost:" + io.port(),
                    ClientOptions.builder()
                            .reconnectionDelay(Duration.ofMillis(100))
                            .randomizationFactor(0)
                            .autoConnect(false)
                            .build());
            Reader reader = new Reader(socket, news -> received.add(news.text()));
            store.add("before");
            socket.connectBlocking(Duration.ofSeconds(10));
            await().until(() -> received.size() == 1);
            // tag::send
            io.to("news").emit("news", store.add("the shop is open"));
            // end::send
            await().until(() -> received.size() == 2);
            String lost = socket.id();
            io.sockets().sockets().values().forEach(s -> s.conn().closeNow(CloseReason.TRANSPORT_ERROR, null));
            await().until(() -> !io.sockets().sockets().containsKey(lost));
            io.to("news").emit("news", store.add("missed"));
            await().until(() -> received.size() == 3);
            store.add("never sent");
            io.to("news").emit("news", store.add("last"));
            await().until(() -> received.size() == 5);
            reader.received(new News(1, "before"));
            assertThat(received).containsExactly("before", "the shop is open", "missed", "never sent", "last");
        }
    }

    @Test
    void anOrderWithALostAcknowledgementIsResentAndStoredOnce() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (Server server = Server.started();
                SocketIoClient clients = SocketIoClient.create()) {
            SocketIoServer io = server.io;
            Map<String, Order> orders = new ConcurrentHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                public @Nullable Order putIfAbsent(String id, Order order) {
                    if (attempts.incrementAndGet() == 1) {
                        io.sockets()
                                .sockets()
                                .values()
                                .forEach(s -> s.conn().closeNow(CloseReason.TRANSPORT_ERROR, null));
                    }
                    return super.putIfAbsent(id, order);
                }
            };
            List<String> shipped = new CopyOnWriteArrayList<>();
            // tag::idempotent
            io.onConnection(socket -> socket.on("order", Order.class, (order, ack) -> {
                if (orders.putIfAbsent(order.id(), order) == null) {
                    shipped.add(order.id()); // the first time only
                }
                ack.send(); // after it is stored
            }));
            // end::idempotent
            String uri = "http://localhost:" + io.port();
            // tag::retries
            Socket socket = clients.socket(
                    uri,
                    ClientOptions.builder()
                            .retries(10)
                            .ackTimeout(Duration.ofSeconds(5))
                            .build());
            socket.emitWithAck("order", new Order("o-4711", 3))
                    .whenComplete((answer, failure) -> log(failure == null ? "stored" : "unknown: " + failure));
            // end::retries
            await().atMost(Duration.ofSeconds(20)).until(() -> log.contains("stored"));
            assertThat(attempts).hasValue(2);
            assertThat(shipped).containsExactly("o-4711");
        }
    }

    @Test
    void anEventIsResentUntilTheClientAcknowledgesIt() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            io.onConnection(socket -> socket.on("go", () -> deliver(socket, new Order("o1", 1), 3)));
            var anna = server.client();
            AtomicInteger times = new AtomicInteger();
            anna.socket.on("deliver", args -> {
                if (times.incrementAndGet() >= 2) {
                    ((io.socket.client.Ack) args[1]).call("thanks");
                }
            });
            anna.socket.emit("go");
            await().until(() -> log.contains("delivered o1"));
            assertThat(times).hasValueGreaterThanOrEqualTo(2);
        }
    }

    // tag::deliver
    void deliver(dev.sockeye.socketio.server.Socket socket, Order order, int tries) {
        socket.timeout(Duration.ofSeconds(1)).emitWithAck("deliver", order).whenComplete((answer, failure) -> {
            if (failure == null) {
                log("delivered " + order.id());
            } else if (tries > 1 && socket.connected()) {
                deliver(socket, order, tries - 1);
            } else {
                log("keep " + order.id() + " for the next connection");
            }
        });
    }
    // end::deliver

    private final List<String> log = new CopyOnWriteArrayList<>();

    private void log(String line) {
        log.add(line);
    }
}
