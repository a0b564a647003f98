package chat;

import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.concurrent.TimeUnit;

/** Runs in an image created by jlink: starts a server, sends it a request as a client, prints the response and exits. */
public final class Check {
    record Guest(String name) {}

    public static void main(String[] args) throws Exception {
        SocketIoServer server = SocketIoServer.create();
        server.onConnection(
                socket -> socket.on("hello", Guest.class, (guest, ack) -> ack.send("Hello, " + guest.name() + "!")));
        server.listen(0);
        try (SocketIoClient io = SocketIoClient.create()) {
            System.out.println(io.socket("http://localhost:" + server.port())
                    .emitWithAck("hello", String.class, new Guest("outsider"))
                    .get(20, TimeUnit.SECONDS));
        }
        server.closeAsync().get(20, TimeUnit.SECONDS);
    }
}
