package dev.sockeye.cli.load;

import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server with the events of the scenarios. */
final class ContractServer implements AutoCloseable {
    final SocketIoServer io;

    ContractServer() throws Exception {
        this(socket -> {});
    }

    /** @param more adds listeners to each socket */
    ContractServer(Consumer<Socket> more) throws Exception {
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(HandlerExecution.eventLoop())
                .build());
        io.onConnection(socket -> {
            more.accept(socket);
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
            socket.on("bin", (args, ack) -> ack.send(args.get(0)));
            socket.on("broadcast", (args, ack) -> io.emit("broadcast", args.get(0)));
            socket.on("join", (args, ack) -> socket.join(String.valueOf(args.get(0))));
            socket.on("room", (args, ack) -> io.to(String.valueOf(args.get(0))).emit("room", args.get(1)));
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    String url() {
        return "http://127.0.0.1:" + io.port();
    }

    @Override
    public void close() throws Exception {
        io.closeAsync().get(20, TimeUnit.SECONDS);
    }
}
