package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.examples.Client;
import dev.sockeye.examples.TutorialChat;
import dev.sockeye.netty.HttpFallback;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The steps of docs/chat-tutorial.md. */
class TutorialTest {
    /** Where the page of the tutorial is in this project. */
    private static final String PUBLIC = "/dev/sockeye/examples/tutorial";

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private SocketIoServer io;

    @AfterEach
    void stop() throws Exception {
        clients.forEach(Client::close);
        io.closeAsync().get(10, TimeUnit.SECONDS);
    }

    private Client client(String name) {
        Client client = new Client(io.port(), Map.of("name", name));
        clients.add(client);
        return client;
    }

    private String get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + io.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private void log(String line) {
        log.add(line);
    }

    /** The first step: the page is served, and connections are logged. */
    @Test
    void servesThePageAndLogsConnections() throws Exception {
        io = SocketIoServer.create();
        // tag::tutorial-connections
        io.onConnection(socket -> {
            log("connected: " + socket.id());
            socket.onDisconnect((reason, details) -> log("disconnected: " + reason.text()));
        });
        // end::tutorial-connections
        NettyHostOptions host = NettyHostOptions.builder()
                .fallback(HttpFallback.resources(TutorialTest.class, PUBLIC))
                .build();
        io.listen(new InetSocketAddress(0), new NettyHostProvider(host));
        assertThat(get("/")).contains("<title>Chat</title>");
        assertThat(get("/socket.io/socket.io.js")).contains("Socket.IO");
        client("Ada");
        await().until(() -> log.size() == 1);
        clients.get(0).close();
        await().until(() -> log.size() == 2);
        assertThat(log.get(0)).startsWith("connected: ");
        assertThat(log.get(1)).isEqualTo("disconnected: client namespace disconnect");
    }

    @Test
    void broadcastsEachMessageToAllClients() throws Exception {
        io = SocketIoServer.create();
        // tag::tutorial-broadcast
        io.onConnection(socket -> {
            socket.on("chat message", String.class, (text, ack) -> {
                io.emit("chat message", new Message(socket.id(), text));
                ack.send();
            });
        });
        // end::tutorial-broadcast
        io.listen(0);
        Client ada = client("Ada");
        Client bob = client("Bob");
        await().until(() -> ada.socket.connected() && bob.socket.connected());
        assertThat(ada.ask("chat message", "hi")).isEqualTo("[]");
        String line = "chat message [{\"from\":\"" + ada.socket.id() + "\",\"text\":\"hi\"}]";
        ada.receives(line);
        bob.receives(line);
    }

    record Message(String from, String text) {}

    @Test
    void theLastStepRequiresNamesAndReplaysTheHistory() throws Exception {
        io = TutorialChat.start(0);
        assertThat(get("/")).contains("emitWithAck(\"chat message\"");
        Client nobody = client("");
        assertThat(nobody.refusal.get(10, TimeUnit.SECONDS)).contains("a name has 1 to 20 characters");
        Client ada = client("Ada");
        await().until(ada.socket::connected);
        for (int i = 1; i <= 52; i++) {
            assertThat(ada.ask("chat message", "m" + i)).isEqualTo("[]");
        }
        Client bob = client("Bob");
        await().until(bob.socket::connected);
        assertThat(bob.ask("chat message", "hi")).isEqualTo("[]");
        await().until(() -> bob.received.size() == 51 && ada.received.size() == 53);
        // the argument after the message is the offset for recovery
        assertThat(bob.received.get(0)).startsWith("chat message [{\"from\":\"Ada\",\"text\":\"m3\"}, ");
        assertThat(bob.received.get(50)).startsWith("chat message [{\"from\":\"Bob\",\"text\":\"hi\"}, ");
        assertThat(ada.received.get(52)).isEqualTo(bob.received.get(50));
    }

    @Test
    void theDocumentationShowsThePageThatIsServed() throws IOException {
        io = SocketIoServer.create();
        String tutorial = Files.readString(Path.of("../docs/chat-tutorial.md"));
        assertThat(tutorial)
                .contains("```html\n" + Files.readString(Path.of("src/main/resources" + PUBLIC + "/index.html"))
                        + "```\n");
        for (String part : Files.readString(Path.of("src/main/java/dev/sockeye/examples/TutorialChat.java"))
                .lines()
                .filter(line -> line.startsWith("import "))
                .toList()) {
            assertThat(tutorial).contains(part);
        }
    }
}
