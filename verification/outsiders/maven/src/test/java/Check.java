import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;

/** Starts the chat on a free port, asks it as a client does, prints the answer and ends. */
public final class Check {
    public static void main(String[] args) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        MinimalChat.main(new String[] {Integer.toString(port)});
        try (SocketIoClient io = SocketIoClient.create()) {
            Socket socket = io.socket("http://localhost:" + port);
            String answer =
                    socket.emitWithAck("hello", String.class, "outsider").get(20, TimeUnit.SECONDS);
            System.out.println(answer);
        }
        System.exit(0);
    }
}
