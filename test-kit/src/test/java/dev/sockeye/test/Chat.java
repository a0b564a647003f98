package dev.sockeye.test;

import dev.sockeye.socketio.server.SocketIoServer;

/** The application under test. */
final class Chat {
    record Message(String author, String text) {}

    void register(SocketIoServer io) {
        io.onConnection(socket -> {
            socket.on("message", String.class, text -> io.emit("message", text));
            socket.on("say", Message.class, message -> socket.broadcast().emit("said", message));
            socket.on("count", Integer.class, (number, ack) -> ack.send(number + 1));
            socket.on("fail", () -> {
                throw new IllegalStateException("no such room");
            });
        });
        io.of("/members").use((socket, next) -> {
            if ("secret".equals(socket.handshake().auth().get("token"))) {
                next.next();
            } else {
                next.fail("who are you?");
            }
        });
    }
}
