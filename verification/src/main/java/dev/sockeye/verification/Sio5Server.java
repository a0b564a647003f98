package dev.sockeye.verification;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The server of the Socket.IO 5 suite. */
@Command(name = "sio5", description = "the server of the Socket.IO protocol 5 suite")
final class Sio5Server implements Callable<Integer> {
    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    @Override
    public Integer call() throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine -> arguments
                        .engine(engine, 300, 200)
                        .maxHttpBufferSize(1_000_000)
                        .cors(true))
                .connectTimeout(Duration.ofSeconds(1))
                .build());
        io.onConnection(socket -> {
            socket.on(
                    "message",
                    (args, ack) -> socket.emit("message-back", args.toList().toArray()));
            socket.on("message-with-ack", (args, ack) -> ack.send(args.toList().toArray()));
            socket.emit("auth", socket.handshake().auth());
        });
        io.of("/custom", socket -> socket.emit("auth", socket.handshake().auth()));
        io.listen(arguments.address(), arguments.host);
        return ServerArguments.serving(io.port());
    }
}
