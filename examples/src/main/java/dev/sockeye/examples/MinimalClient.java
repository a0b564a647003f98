package dev.sockeye.examples;

// tag::client
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import java.time.Duration;

/** A minimal client: prints what it receives and sends one request. */
public final class MinimalClient {
    public static void main(String[] args) throws InterruptedException {
        try (SocketIoClient io = SocketIoClient.create()) {
            Socket socket = io.socket(args.length > 0 ? args[0] : "http://localhost:3000");
            socket.on("chat message", (message, ack) -> System.out.println(message));
            System.out.println(
                    socket.call("hello", Duration.ofSeconds(5), "Ann").get(0));
        }
    }
}
// end::client
