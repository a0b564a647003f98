package dev.sockeye.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.server.SocketIoServer;
import io.socket.client.Ack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatTest {
    private SocketIoServer io;
    private Client anna;
    private Client bruno;

    @BeforeEach
    void start() throws Exception {
        io = Chat.start(0);
        anna = new Client(io.port(), Map.of("name", "Anna"));
        bruno = new Client(io.port(), Map.of("name", "Bruno"));
        await().until(() -> anna.socket.connected() && bruno.socket.connected());
    }

    @AfterEach
    void stop() throws Exception {
        anna.close();
        bruno.close();
        io.closeAsync().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aMissingBlankOrTooLongNameIsRefused() throws Exception {
        for (Map<String, String> auth : List.of(
                Map.<String, String>of(), Map.of("other", "x"), Map.of("name", " "), Map.of("name", "x".repeat(21)))) {
            try (Client nobody = new Client(io.port(), auth)) {
                assertThat(nobody.refusal.get(10, TimeUnit.SECONDS)).contains("choose a name");
            }
        }
    }

    @Test
    void onlyMembersOfARoomReceiveItsMessages() throws Exception {
        assertThat(anna.ask("join room", "#salmon")).isEqualTo("[#salmon]");
        assertThat(anna.ask("join room", bruno.socket.id())).contains("error");
        bruno.socket.emit("chat message", new JSONObject("{\"room\": \"#salmon\", \"text\": \"not in\"}"));
        anna.socket.emit("chat message", new JSONObject("{\"room\": \"#salmon\", \"text\": \"in\"}"));
        anna.socket.emit("chat message", new JSONObject("{\"room\": \"\", \"text\": \"all\"}"));
        await().until(() -> bruno.received.stream().anyMatch(line -> line.contains("\"text\":\"all\"")));
        assertThat(bruno.received).noneMatch(line -> line.contains("\"text\":\"in\""));
        assertThat(anna.received).anyMatch(line -> line.contains("\"text\":\"in\""));
        assertThat(anna.received).noneMatch(line -> line.contains("\"text\":\"not in\""));
    }

    @Test
    void aPrivateMessageIsAcknowledgedByItsReceiver() throws Exception {
        bruno.socket.on("private message", args -> ((Ack) args[args.length - 1]).call());
        assertThat(anna.ask("private message", bruno.socket.id(), "psst")).isEqualTo("[true]");
        assertThat(anna.ask("private message", "nobody", "psst")).contains("no longer here");
    }

    @Test
    void theExampleStaysShort() throws Exception {
        assertThat(Files.readAllLines(Path.of("src/main/java/dev/sockeye/examples/Chat.java"))
                        .size())
                .isLessThan(130);
    }
}
