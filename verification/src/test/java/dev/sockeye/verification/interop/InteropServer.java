package dev.sockeye.verification.interop;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The server side of the scenarios that the official clients run. */
final class InteropServer implements AutoCloseable {
    private final SocketIoServer io;

    private InteropServer(SocketIoServer io) {
        this.io = io;
        io.onConnection(socket -> serve(io.sockets(), socket));
        Namespace custom = io.of("/custom");
        custom.onConnection(socket -> {
            serve(custom, socket);
            socket.emit("auth", socket.handshake().auth());
        });
        Namespace guarded = io.of("/guarded");
        guarded.use((socket, next) -> {
            if ("yes".equals(socket.handshake().auth().get("token"))) {
                next.next();
            } else {
                next.fail("not authorized", Map.of("code", 401, "hint", List.of("token")));
            }
        });
        guarded.onConnection(socket -> socket.emit("auth", socket.handshake().auth()));
        io.of(Pattern.compile("^/dynamic-\\d+$")).onConnection(socket -> serve(socket.namespace(), socket));
    }

    static InteropServer start(Host host, int port, UnaryOperator<SocketIoServerOptions.Builder> options) {
        try {
            SocketIoServer io = SocketIoServer.create(
                    options.apply(SocketIoServerOptions.builder()).build());
            InteropServer server = new InteropServer(io);
            io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), host);
            return server;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static InteropServer start(UnaryOperator<SocketIoServerOptions.Builder> options) {
        return start(Host.NETTY, 0, options);
    }

    static UnaryOperator<EngineOptions.Builder> heartbeat(long interval, long timeout) {
        return engine -> engine.pingInterval(Duration.ofMillis(interval)).pingTimeout(Duration.ofMillis(timeout));
    }

    SocketIoServer io() {
        return io;
    }

    int port() {
        return io.port();
    }

    String url() {
        return "http://127.0.0.1:" + io.port();
    }

    @Override
    public void close() {
        io.closeAsync().join();
    }

    private void serve(Namespace namespace, Socket socket) {
        socket.on("echo", (args, ack) -> {
            if (ack.expected()) {
                ack.send(all(args));
            } else {
                socket.emit("echo-back", all(args));
            }
        });
        socket.on("first", (args, ack) -> ack.send(args.get(0)));
        socket.on("message", (args, ack) -> socket.send(all(args)));
        socket.on("type-of", (args, ack) -> ack.send(args.get(0) instanceof byte[] ? "bytes" : "something else"));
        socket.on(
                "who",
                (args, ack) -> ack.send(Map.of(
                        "id", socket.id(),
                        "transport", socket.conn().transport(),
                        "protocol", socket.conn().protocol())));
        socket.on(
                "where",
                (args, ack) -> ack.send(
                        (Object) java.util.Arrays.asList(socket.namespace().name(), args.get(0), socket.id())));
        socket.on("handshake", (args, ack) -> ack.send(socket.handshake().toMap()));
        socket.on(
                "ask-me",
                (args, ack) -> socket.emitWithAck("question", all(args))
                        .thenAccept(answer -> socket.emit("your-answer", all(answer))));
        socket.on("kick", (args, ack) -> socket.disconnect(Boolean.TRUE.equals(args.get(0))));
        socket.on("kick-for", (args, ack) -> socket.disconnect(String.valueOf(args.get(0))));
        socket.on("hang-up", (args, ack) -> socket.conn().close());
        socket.on("remember", (args, ack) -> {
            socket.data().put(String.valueOf(args.get(0)), args.get(1));
            ack.send();
        });
        socket.on("recall", (args, ack) -> ack.send(socket.data().get(String.valueOf(args.get(0)))));
        socket.on("volatile-burst", (args, ack) -> {
            // in one turn of the mailbox: the second finds the transport busy with the first
            socket.emit("tick", 1);
            socket.asVolatile().emit("tick", 2);
            socket.emit("tick", 3);
            ack.send();
        });
        rooms(namespace, socket);
    }

    private static void rooms(Namespace namespace, Socket socket) {
        socket.on("join", (args, ack) -> {
            socket.join(String.valueOf(args.get(0)));
            ack.send();
        });
        socket.on("leave", (args, ack) -> {
            socket.leave(String.valueOf(args.get(0)));
            ack.send();
        });
        socket.on("rooms", (args, ack) -> ack.send(List.copyOf(socket.rooms())));
        socket.on("news-all", (args, ack) -> {
            namespace.emit("news", all(args));
            ack.send();
        });
        socket.on("news-others", (args, ack) -> {
            socket.broadcast().emit("news", all(args));
            ack.send();
        });
        socket.on("news-to", (args, ack) -> {
            socket.to(names(args.get(0))).emit("news", tail(args));
            ack.send();
        });
        socket.on("news-direct", (args, ack) -> {
            namespace.to(String.valueOf(args.get(0))).emit("news", tail(args));
            ack.send();
        });
        socket.on(
                "vote-in",
                (args, ack) -> namespace
                        .to(String.valueOf(args.get(0)))
                        .timeout(Duration.ofMillis(((Number) args.get(1)).longValue()))
                        .emitWithAck("vote", "yes?")
                        .whenComplete((votes, error) -> {
                            if (error == null) {
                                ack.send(firsts(votes));
                            } else if (cause(error) instanceof AckTimeoutException late) {
                                ack.send(Map.of("error", late.getMessage(), "partial", firsts(late.responses())));
                            } else {
                                ack.error(String.valueOf(error));
                            }
                        }));
    }

    private static Throwable cause(Throwable error) {
        return error instanceof java.util.concurrent.CompletionException && error.getCause() != null
                ? error.getCause()
                : error;
    }

    private static List<Object> firsts(List<Arguments> votes) {
        return votes.stream().map(vote -> vote.get(0)).toList();
    }

    private static Object[] all(Arguments args) {
        return args.toList().toArray();
    }

    private static Object[] tail(Arguments args) {
        return args.toList().subList(1, args.size()).toArray();
    }

    private static String[] names(Object rooms) {
        return ((Collection<?>) rooms).stream().map(String::valueOf).toArray(String[]::new);
    }
}
