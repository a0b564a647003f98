package dev.sockeye.examples;

// tag::server
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.IOException;

/** The smallest chat server: every message is sent to all clients. */
public final class MinimalChat {
    record ChatMessage(String from, String text) {}

    public static void main(String[] args) throws IOException {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> {
            socket.on("chat message", ChatMessage.class, message -> io.emit("chat message", message));
            socket.on("hello", String.class, (name, ack) -> ack.send("Hello, " + name + "!"));
        });
        io.listen(args.length > 0 ? Integer.parseInt(args[0]) : 3000);
        System.out.println("listening on port " + io.port());
    }
}
// end::server
