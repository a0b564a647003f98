package dev.sockeye.examples;

import dev.sockeye.netty.HttpFallback;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

/** The chat of docs/chat-tutorial.md after its last step. */
public final class TutorialChat {
    // tag::tutorial-message
    record Message(String from, String text) {}
    // end::tutorial-message

    private TutorialChat() {}

    public static void main(String[] args) throws IOException {
        SocketIoServer io = start(3000);
        System.out.println("open http://localhost:" + io.port());
    }

    /** Starts the chat on a port; 0 for any free one. */
    public static SocketIoServer start(int port) throws IOException {
        // tag::tutorial-recovery
        SocketIoServer io = SocketIoServer.create(
                SocketIoServerOptions.builder().connectionStateRecovery(true).build());
        // end::tutorial-recovery
        // tag::tutorial-names
        io.use((socket, next) -> {
            Object name = socket.handshake().auth().get("name");
            if (name instanceof String text && !text.isBlank() && text.length() <= 20) {
                socket.data().put("name", text);
                next.next();
            } else {
                next.fail("a name has 1 to 20 characters");
            }
        });
        // end::tutorial-names
        // tag::tutorial-history
        Deque<Message> history = new ArrayDeque<>();
        io.onConnection(socket -> {
            String name = String.valueOf(socket.data().get("name"));
            if (!socket.recovered()) {
                synchronized (history) {
                    history.forEach(message -> socket.emit("chat message", message));
                    socket.join("chat");
                }
            }
            socket.on("chat message", String.class, (text, ack) -> {
                Message message = new Message(name, text);
                synchronized (history) {
                    history.add(message);
                    if (history.size() > 50) {
                        history.remove();
                    }
                    io.to("chat").emit("chat message", message);
                }
                ack.send();
            });
        });
        // end::tutorial-history
        NettyHostOptions host = NettyHostOptions.builder()
                .fallback(HttpFallback.resources(TutorialChat.class, "/dev/sockeye/examples/tutorial"))
                .build();
        return io.listen(new InetSocketAddress(port), new NettyHostProvider(host));
    }
}
