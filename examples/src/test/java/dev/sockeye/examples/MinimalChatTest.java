package dev.sockeye.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;

class MinimalChatTest {

    @Test
    void aMessageReachesAllClientsAndARequestIsAcknowledged() throws Exception {
        int port;
        try (ServerSocket probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        MinimalChat.main(new String[] {String.valueOf(port)});
        try (Client anna = Client.connected(port);
                Client bruno = Client.connected(port)) {
            assertThat(anna.ask("hello", "Anna")).isEqualTo("[Hello, Anna!]");
            anna.socket.emit("chat message", new JSONObject("{\"from\": \"Anna\", \"text\": \"hi\"}"));
            anna.receives("chat message [{\"from\":\"Anna\",\"text\":\"hi\"}]");
            bruno.receives("chat message [{\"from\":\"Anna\",\"text\":\"hi\"}]");
        }
    }
}
