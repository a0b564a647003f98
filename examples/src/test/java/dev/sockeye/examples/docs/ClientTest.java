package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.SocketIoServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code of docs/client.md, against our own server. */
@Timeout(30)
class ClientTest {

    @Test
    void the_first_program_gets_its_answer() throws Exception {
        SocketIoServer server = SocketIoServer.create();
        server.onConnection(socket -> socket.on("chat message", String.class, (text, ack) -> {
            server.emit("chat message", text);
            ack.send("said " + text);
        }));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            assertThat(firstProgram("http://localhost:" + server.port())).isEqualTo("said hello");
        } finally {
            server.close().get(10, TimeUnit.SECONDS);
        }
    }

    private static Object firstProgram(String url) throws Exception {
        // tag::first
        try (SocketIoClient io = SocketIoClient.create()) {
            Socket socket = io.socket(url); // "http://localhost:3000"
            socket.on("chat message", String.class, text -> System.out.println(text));
            socket.connectBlocking(Duration.ofSeconds(5));
            Arguments answer = socket.call(Duration.ofSeconds(5), "chat message", "hello");
            return answer.get(0);
        }
        // end::first
    }
}
