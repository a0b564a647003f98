package dev.sockeye.verification;

import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.netty.NettyIo;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.RawHandler;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The server that the load generator measures. */
@Command(name = "load-target", description = "the server that the load generator measures")
final class LoadTarget implements Callable<Integer> {
    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    @Option(
            names = "--execution",
            defaultValue = "default",
            description = "where handlers run: default (mailboxes) or event-loop")
    private String execution = "default";

    @Option(names = "--io", defaultValue = "auto", description = "auto, epoll, io_uring or nio")
    private String io = "auto";

    @Override
    public Integer call() throws Exception {
        SocketIoServer server = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine -> arguments.engine(engine, 25_000, 20_000).maxHttpBufferSize(4_000_000))
                .execution(
                        switch (execution) {
                            case "default" -> HandlerExecution.automatic();
                            case "event-loop" -> HandlerExecution.eventLoop();
                            default -> throw new IllegalArgumentException("unknown execution " + execution);
                        })
                .build());
        // handlers that need no socket of their own are made once
        RawHandler echo = (args, ack) -> ack.send(args.get(0));
        RawHandler broadcast = (args, ack) -> server.emit("broadcast", args.get(0));
        RawHandler room = (args, ack) -> server.to(String.valueOf(args.get(0))).emit("room", args.get(1));
        server.onConnection(socket -> {
            socket.on("echo", echo);
            socket.on("broadcast", broadcast);
            socket.on("join", (args, ack) -> socket.join(String.valueOf(args.get(0))));
            socket.on("room", room);
            socket.on("bin", echo);
        });
        server.listen(arguments.address(), host());
        return ServerArguments.serving(server.port());
    }

    private EngineHostProvider host() {
        if (arguments.host == Host.NETTY) {
            return new NettyHostProvider(NettyHostOptions.builder()
                    .io(NettyIo.valueOf(io.toUpperCase(Locale.ROOT)))
                    .build());
        } else if (!io.equals("auto")) {
            throw new IllegalArgumentException("--io is for the netty host only");
        }
        return arguments.host;
    }
}
