package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The code about reasons in docs/server-api.md. */
class ProtectionTest {

    @Test
    void a_reason_of_the_application_is_known_on_both_sides() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        // tag::reason
        io.onConnection(socket -> {
            socket.on(
                    "log out elsewhere",
                    () -> socket.namespace().sockets().values().forEach(other -> {
                        if (other != socket) {
                            other.disconnect("logged out");
                        }
                    }));
            socket.onDisconnect((reason, details) -> ended.add(reason + ": " + details.description())); // the same text
        });
        // end::reason
        try (Server server = new Server(io)) {
            Client anna = server.client();
            Client bert = server.client();
            anna.socket.emit("log out elsewhere");
            bert.receives("sockeye:disconnect [{\"reason\":\"logged out\"}]");
            assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo("server namespace disconnect: logged out");
        }
    }
}
