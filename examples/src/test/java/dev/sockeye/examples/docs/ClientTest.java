package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.examples.MinimalClient;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code of docs/client.md, against our own server. */
@Timeout(30)
class ClientTest {

    @Test
    void theMinimalClientPrintsTheAnswer() throws Exception {
        SocketIoServer server = SocketIoServer.create();
        server.onConnection(
                socket -> socket.on("hello", String.class, (name, ack) -> ack.send("Hello, " + name + "!")));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            MinimalClient.main(new String[] {"http://localhost:" + server.port()});
        } finally {
            System.setOut(before);
            server.closeAsync().get(10, TimeUnit.SECONDS);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Hello, Ann!");
    }

    /** The examples do not have the module, so the code of the page ends with the error that names it. */
    @Test
    void webTransportRequiresItsModule() {
        try (SocketIoClient io = SocketIoClient.create()) {
            assertThatThrownBy(() -> {
                        // tag::webtransport
                        ClientOptions options = ClientOptions.builder()
                                .transports(TransportName.POLLING, TransportName.WEBSOCKET, TransportName.WEBTRANSPORT)
                                .build();
                        Socket socket = io.socket("https://chat.example.com", options);
                        socket.io().onUpgrade(transport -> System.out.println(transport)); // WEBTRANSPORT
                        // end::webtransport
                    })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("sockeye-client-webtransport");
        }
    }
}
