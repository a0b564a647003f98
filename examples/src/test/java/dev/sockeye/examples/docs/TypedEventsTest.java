package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.AckErrorException;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.JacksonBinding;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.socket.client.Ack;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.json.JSONArray;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class TypedEventsTest {
    private final List<String> log = new CopyOnWriteArrayList<>();

    // tag::events
    record ChatMessage(String from, String text) {}

    static final Event<ChatMessage> CHAT = Event.of("chat message", ChatMessage.class);
    static final Event<List<ChatMessage>> HISTORY = Event.of("history", new TypeRef<List<ChatMessage>>() {});
    // end::events

    // tag::request
    record Order(String id) {}

    record Receipt(String id, int price) {}

    static final Request<Order, Receipt> ORDER = Request.of("order", Order.class, Receipt.class);
    static final Request<Order, Receipt> DELIVER = Request.of("deliver", Order.class, Receipt.class);
    // end::request

    @Test
    void typedEvents() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::use
            io.onConnection(socket -> {
                socket.on(CHAT, message -> io.emit(CHAT, message));
                socket.on(HISTORY, (messages, ack) -> ack.send(messages.size()));
            });
            // end::use
            // tag::forms
            io.onConnection(socket -> {
                socket.on("rename", String.class, name -> log("renamed to " + name));
                socket.on("move", int.class, int.class, (x, y) -> log("moved to " + x + ", " + y));
                socket.on("tags", new TypeRef<List<String>>() {}, tags -> log(tags.size() + " tags"));
                socket.on("anything", (args, ack) -> {
                    String first = args.get(0, String.class);
                    byte[] second = args.get(1, byte[].class);
                    log(first + " with " + second.length + " bytes, " + args.size() + " arguments");
                });
            });
            // end::forms
            // tag::requests
            io.onConnection(socket -> {
                socket.onRequest(ORDER, order -> new Receipt(order.id(), 42));
                socket.onRequest("cancel", String.class, id -> {
                    throw new AckErrorException("order " + id + " is on its way");
                });
                socket.on(
                        "deliver to me",
                        () -> socket.timeout(Duration.ofSeconds(5))
                                .emitWithAck(DELIVER, new Order("o7"))
                                .thenAccept(receipt -> log("delivered " + receipt.id())));
            });
            // end::requests
            // tag::errors
            io.onConnection(socket -> socket.onError(error -> {
                if (error instanceof BindingException unfit) {
                    log("at " + unfit.path() + ": " + unfit.getMessage());
                }
            }));
            // end::errors
            Client anna = server.client();
            anna.socket.emit("chat message", new JSONObject("{\"from\": \"Anna\", \"text\": \"hi\"}"));
            anna.receives("chat message [{\"from\":\"Anna\",\"text\":\"hi\"}]");
            assertThat(anna.ask("history", new JSONArray("[{\"from\": \"Anna\", \"text\": \"hi\"}]")))
                    .isEqualTo("[1]");
            anna.socket.emit("rename", "Anna");
            anna.socket.emit("move", 3, 4);
            anna.socket.emit("tags", new JSONArray("[\"a\", \"b\"]"));
            anna.socket.emit("anything", "picture", new byte[5]);
            await().until(() -> log.size() == 4);
            assertThat(log)
                    .containsExactly("renamed to Anna", "moved to 3, 4", "2 tags", "picture with 5 bytes, 2 arguments");
            log.clear();
            JSONObject receipt = new JSONObject("{\"id\": \"o7\", \"price\": 1}");
            anna.socket.on("deliver", args -> ((Ack) args[1]).call(receipt));
            assertThat(anna.ask("order", new JSONObject("{\"id\": \"o2\"}"))).contains("\"price\":42");
            assertThat(anna.ask("cancel", "o2")).isEqualTo("[{\"error\":\"order o2 is on its way\"}]");
            anna.socket.emit("deliver to me");
            await().until(() -> log.contains("delivered o7"));
            log.clear();
            anna.socket.emit("chat message", new JSONObject("{\"from\": [], \"text\": \"hi\"}"));
            await().until(() -> log.size() == 1);
            assertThat(log.get(0)).startsWith("at $.from: ").contains("chat message");
            assertThat(anna.ask("history", "no list")).contains("error");
            assertThat(anna.socket.connected()).isTrue();
        }
    }

    record Renamed(String firstName) {}

    @Test
    void aCustomMapperIsUsedForEncoding() {
        // tag::mapper
        JsonMapper mapper = JacksonBinding.shared()
                .mapper()
                .rebuild()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .parser(JsonParser.with(JacksonBinding.of(mapper)))
                .build();
        // end::mapper
        SocketPacket.Event event =
                new SocketPacket.Event("/", SocketPacket.NO_ID, "e", Arguments.of(new Renamed("Anna")));
        assertThat(new String(options.parser().encode(event).head(), StandardCharsets.UTF_8))
                .contains("\"first_name\":\"Anna\"");
    }

    private void log(String line) {
        log.add(line);
    }
}
