package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.SocketIoServer;
import org.junit.jupiter.api.Test;

/** The server of docs/load-testing.md answers as the load tester expects it. */
class LoadTestingTest {

    @Test
    void theServerAnswersTheLoadTestEvents() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::events
            io.onConnection(socket -> {
                socket.on("echo", (args, ack) -> ack.send(args.get(0)));
                socket.on("bin", (args, ack) -> ack.send(args.get(0)));
                socket.on("broadcast", (args, ack) -> io.emit("broadcast", args.get(0)));
                socket.on("join", (args, ack) -> socket.join(String.valueOf(args.get(0))));
                socket.on(
                        "room",
                        (args, ack) -> io.to(String.valueOf(args.get(0))).emit("room", args.get(1)));
            });
            // end::events
            Client anna = server.client();
            Client bruno = server.client();
            assertThat(anna.ask("echo", "a")).isEqualTo("[a]");
            assertThat(anna.ask("bin", "b")).isEqualTo("[b]");
            anna.socket.emit("broadcast", "c");
            bruno.receives("broadcast [c]");
            bruno.socket.emit("join", "r");
            bruno.ask("echo", "joined");
            anna.socket.emit("room", "r", "d");
            bruno.receives("room [d]");
            // answered after the event was handled: it would be here by now
            assertThat(anna.ask("echo", "later")).isEqualTo("[later]");
            assertThat(anna.received).doesNotContain("room [d]");
        }
    }
}
