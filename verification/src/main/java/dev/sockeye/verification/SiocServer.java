package dev.sockeye.verification;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The server of the official socket.io-client's suite. */
@Command(name = "sioc", description = "the server of the official socket.io-client suite")
final class SiocServer implements Callable<Integer> {
    private static final byte[] BYTES = "asdfasdf".getBytes(StandardCharsets.UTF_8);

    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    @Override
    public Integer call() throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine -> arguments.engine(engine, 2_000, 20_000).allowRequest(request -> {
                    // a fixed delay: the suite uses it to test the client's timeout
                    return CompletableFuture.supplyAsync(
                            AllowRequest.Decision::allow, CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS));
                }))
                .connectionStateRecovery(true)
                .build());
        io.use((socket, next) -> {
            if (socket.handshake().query().getOrDefault("fail", "").isEmpty()) {
                next.next();
            } else {
                next.fail("Auth failed (main namespace)");
            }
        });
        io.onConnection(SiocServer::main);
        for (String quiet : List.of("/timeout_socket", "/valid", "/asd")) {
            io.of(quiet);
        }
        io.of("/foo", socket -> socket.on("getId", (args, ack) -> ack.send(socket.id())));
        io.of("/abc", socket -> socket.emit("handshake", socket.handshake().toMap()));
        io.of("/no").use((socket, next) -> next.fail("Auth failed (custom namespace)"));
        io.listen(arguments.address(), arguments.host);
        return ServerArguments.serving(io.port());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // failures after the client has disconnected can be ignored
    private static void main(Socket socket) {
        socket.on("hi", () -> socket.emit("hi"));
        socket.on("echo", (args, ack) -> ack.send(args.get(0)));
        socket.on(
                "ack",
                () -> socket.emitWithAck("ack").thenAccept(answer -> {
                    if (answer.get(0) instanceof Number five
                            && five.intValue() == 5
                            && answer.get(1) instanceof Map<?, ?> map
                            && Boolean.TRUE.equals(map.get("test"))) {
                        socket.emit("got it");
                    }
                }));
        dates(socket);
        socket.on("false", () -> socket.emit("false", false));
        socket.on("getHandshake", (args, ack) -> ack.send(socket.handshake().toMap()));
        socket.on("getId", (args, ack) -> ack.send(socket.id()));
        binary(socket);
    }

    private static void dates(Socket socket) {
        socket.on("getAckDate", (args, ack) -> ack.send(now()));
        socket.on("getDate", () -> socket.emit("takeDate", now()));
        socket.on("getDateObj", () -> socket.emit("takeDateObj", Map.of("date", now())));
        socket.on(
                "getUtf8",
                () -> List.of("てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string")
                        .forEach(text -> socket.emit("takeUtf8", text)));
    }

    private static String now() {
        return DateTimeFormatter.ISO_INSTANT.format(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    private static void binary(Socket socket) {
        socket.on("doge", () -> socket.emit("doge", (Object) BYTES));
        socket.on("getbin", () -> socket.emit("takebin", (Object) BYTES));
        whenBytes(socket, "buffa", "buffack");
        whenBytes(socket, "blob", "back");
        whenMixed(socket, "jsonbuff", "jsonbuff-ack");
        whenMixed(socket, "jsonblob", "jsonblob-ack");
        AtomicInteger buffers = new AtomicInteger();
        socket.on("abuff1", (args, ack) -> step(args, buffers, 0));
        socket.on("abuff2", (args, ack) -> {
            if (buffers.get() == 1) {
                socket.emit("abuff2-ack");
            }
        });
        AtomicInteger blobs = new AtomicInteger();
        socket.on("blob1", (args, ack) -> step(args, blobs, 0));
        socket.on("blob2", (args, ack) -> {
            if ("second".equals(args.get(0))) {
                blobs.compareAndSet(1, 2);
            }
        });
        socket.on("blob3", (args, ack) -> {
            if (blobs.get() == 2 && args.get(0) instanceof byte[]) {
                socket.emit("blob3-ack");
            }
        });
    }

    private static void step(Arguments args, AtomicInteger counter, int from) {
        if (args.get(0) instanceof byte[]) {
            counter.compareAndSet(from, from + 1);
        }
    }

    private static void whenBytes(Socket socket, String event, String answer) {
        socket.on(event, (args, ack) -> {
            if (args.get(0) instanceof byte[]) {
                socket.emit(answer);
            }
        });
    }

    private static void whenMixed(Socket socket, String event, String answer) {
        socket.on(event, (args, ack) -> {
            if (args.get(0) instanceof Map<?, ?> map
                    && "lol".equals(map.get("hello"))
                    && map.get("message") instanceof byte[]
                    && "gotcha".equals(map.get("goodbye"))) {
                socket.emit(answer);
            }
        });
    }
}
