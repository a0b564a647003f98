package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.json.JSONArray;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;

class TypedEventsTest {
    private final List<String> log = new CopyOnWriteArrayList<>();

    // tag::events
    record ChatMessage(String from, String text) {}

    static final Event<ChatMessage> CHAT = Event.of("chat message", ChatMessage.class);
    static final Event<List<ChatMessage>> HISTORY = Event.of("history", new TypeRef<List<ChatMessage>>() {});
    // end::events

    @Test
    void typed_events() throws Exception {
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
            anna.socket.emit("chat message", new JSONObject("{\"from\": [], \"text\": \"hi\"}"));
            await().until(() -> log.size() == 5);
            assertThat(log.get(4)).startsWith("at $.from: ").contains("chat message");
            assertThat(anna.ask("history", "no list")).contains("error");
            assertThat(anna.socket.connected()).isTrue();
        }
    }

    private void log(String line) {
        log.add(line);
    }
}
