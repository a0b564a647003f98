package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoomsTest {

    @Test
    void rooms() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::join
            io.onConnection(socket -> {
                socket.on("join", String.class, (room, ack) -> {
                    socket.join(room);
                    ack.send();
                });
                socket.on("leave", String.class, room -> socket.leave(room));
                socket.on("say", String.class, String.class, (room, text) -> {
                    // to all others in the room
                    socket.to(room).emit("said", text);
                });
            });
            // end::join
            Client anna = server.client();
            Client bruno = server.client();
            Client chidi = server.client();
            anna.ask("join", "news");
            bruno.ask("join", "news");
            bruno.ask("join", "sports");
            chidi.ask("join", "sports");
            chidi.ask("join", "muted");
            anna.socket.emit("say", "news", "hello");
            bruno.receives("said [hello]");
            // tag::broadcast
            io.emit("notice", "to everyone");
            io.to("news").emit("notice", "to one room");
            io.to("news", "sports").emit("notice", "to several, once each");
            io.to("news", "sports").except("muted").emit("notice", "without those who muted");
            io.local().emit("notice", "to the clients of this server only");
            // end::broadcast
            // the last event is a barrier: nothing else is in transit to these clients
            chidi.receives("notice [to the clients of this server only]");
            anna.receives("notice [to the clients of this server only]");
            bruno.receives("notice [to the clients of this server only]");
            anna.receives("notice [to the clients of this server only]");
            // what had been sent to her before the notices would be here by now
            assertThat(anna.received).doesNotContain("said [hello]");
            assertThat(chidi.received)
                    .containsExactly(
                            "notice [to everyone]",
                            "notice [to several, once each]",
                            "notice [to the clients of this server only]");
            assertThat(anna.received)
                    .as("not the sender's own message")
                    .containsExactly(
                            "notice [to everyone]",
                            "notice [to one room]",
                            "notice [to several, once each]",
                            "notice [without those who muted]",
                            "notice [to the clients of this server only]");
            assertThat(bruno.received)
                    .containsExactly(
                            "said [hello]",
                            "notice [to everyone]",
                            "notice [to one room]",
                            "notice [to several, once each]",
                            "notice [without those who muted]",
                            "notice [to the clients of this server only]");
            // tag::manage
            io.in("news").socketsJoin("archive");
            io.in("news").socketsLeave("sports");
            List<RemoteSocket> readers = io.in("archive").fetchSockets().get(5, TimeUnit.SECONDS);
            io.in("muted").disconnectSockets(true);
            // end::manage
            assertThat(readers).hasSize(2);
            await().until(() -> !chidi.socket.connected());
        }
    }
}
