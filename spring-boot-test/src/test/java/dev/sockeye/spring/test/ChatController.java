package dev.sockeye.spring.test;

import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.spring.OnEvent;
import dev.sockeye.spring.SocketIoController;
import jakarta.validation.Valid;
import java.util.concurrent.TimeUnit;

@SocketIoController
class ChatController {
    private final SocketIoServer io;

    ChatController(SocketIoServer io) {
        this.io = io;
    }

    @OnEvent("message")
    void message(@Valid Message message) {
        io.emit("message", message);
    }

    @OnEvent("fail")
    void fail() {
        throw new IllegalStateException("failed on purpose");
    }

    @OnEvent("ask")
    int ask(Socket socket) throws Exception {
        return socket.emitWithAck("age", Integer.class).get(30, TimeUnit.SECONDS) + 1;
    }
}
