package dev.sockeye.socketio.client;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineMiddleware;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.ResponseHeaders;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.netty.NettyHost;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Our own servers, with the same handlers as those of {@code src/test/js/servers.js}; they end with this JVM. */
final class SockeyeServers {
    private static final SockeyeServers SHARED = new SockeyeServers();

    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, List<Object>> notes = new ConcurrentHashMap<>();

    private SockeyeServers() {
        try {
            put("main", options -> options);
            put("msgpack", options -> options.parser(MsgpackParser.create()));
            put("small", options -> options.maxHttpBufferSize(1000));
            put("deflate", options -> options.perMessageDeflate(deflate -> deflate.threshold(10)));
            put("quick", SockeyeServers::quick);
            ports.put("engine", engine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int port(String part) {
        return SHARED.ports.get(part);
    }

    /** A separate server that notices lost clients quickly, for a test that closes it; its notes are shared with the others. */
    static SocketIoServer start() throws IOException {
        return SHARED.serve(SockeyeServers::quick, new NettyHostProvider());
    }

    /** A separate server with TLS. */
    static SocketIoServer start(SslContext tls) throws IOException {
        return SHARED.serve(
                options -> options,
                new NettyHostProvider(NettyHostOptions.builder().sslContext(tls).build()));
    }

    private void put(String part, UnaryOperator<SocketIoServerOptions.Builder> change) throws IOException {
        ports.put(part, serve(change, new NettyHostProvider()).port());
    }

    private static SocketIoServerOptions.Builder quick(SocketIoServerOptions.Builder options) {
        return options.pingInterval(Duration.ofMillis(300))
                .pingTimeout(Duration.ofMillis(1000))
                .connectionStateRecovery(false);
    }

    private SocketIoServer serve(UnaryOperator<SocketIoServerOptions.Builder> change, EngineHostProvider host)
            throws IOException {
        SocketIoServerOptions.Builder options = SocketIoServerOptions.builder()
                .pingInterval(Duration.ofSeconds(2))
                .connectionStateRecovery(true)
                .allowRequest(request -> CompletableFuture.supplyAsync(
                        AllowRequest.Decision::allow, CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS)));
        SocketIoServer io = SocketIoServer.create(change.apply(options).build());
        for (String quiet : List.of("/timeout_socket", "/valid", "/asd", "/bar")) {
            io.of(quiet);
        }
        io.of("/foo", socket -> socket.on("getId", (args, ack) -> ack.send(socket.id())));
        io.of("/abc", socket -> socket.emit("handshake", socket.handshake().toMap()));
        io.of("/no").use((socket, next) -> next.fail("Auth failed (custom namespace)", Map.of("code", 42)));
        io.onConnection(socket -> {
            socket.on("hi", () -> socket.emit("hi"));
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
            socket.on(
                    "ack",
                    () -> socket.emitWithAck("ack").thenAccept(answer -> {
                        if (Integer.valueOf(5).equals(answer.get(0))
                                && answer.get(1) instanceof Map<?, ?> map
                                && Boolean.TRUE.equals(map.get("test"))) {
                            socket.emit("got it");
                        }
                    }));
            socket.on("getAckDate", (args, ack) -> ack.send(now()));
            socket.on("getDate", () -> socket.emit("takeDate", now()));
            socket.on("getDateObj", () -> socket.emit("takeDateObj", Map.of("date", now())));
            socket.on(
                    "getUtf8",
                    () -> List.of("てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string")
                            .forEach(text -> socket.emit("takeUtf8", text)));
            socket.on("false", () -> socket.emit("false", false));
            binary(socket);
            socket.on("getHandshake", (args, ack) -> ack.send(socket.handshake().toMap()));
            socket.on("getId", (args, ack) -> ack.send(socket.id()));
            socket.on("kick", () -> socket.disconnect());
            socket.on("numbers", Integer.class, count -> {
                for (int i = 0; i < count; i++) {
                    socket.emit("number", i);
                }
            });
            socket.on("join", String.class, (room, ack) -> {
                socket.join(room);
                ack.send();
            });
            socket.on(
                    "toRoom", (args, ack) -> io.to(String.valueOf(args.get(0))).emit("room", args.get(1)));
            socket.on("note", (args, ack) -> noted(args).add(args.get(1)));
            socket.on("notes", (args, ack) -> ack.send(noted(args)));
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
        return io;
    }

    private List<Object> noted(Arguments args) {
        return notes.computeIfAbsent(String.valueOf(args.get(0)), key -> new CopyOnWriteArrayList<>());
    }

    private static String now() {
        return DateTimeFormatter.ISO_INSTANT.format(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    private static void binary(dev.sockeye.socketio.server.Socket socket) {
        socket.on("doge", () -> socket.emit("doge", (Object) "asdfasdf".getBytes(StandardCharsets.UTF_8)));
        socket.on("buffa", (args, ack) -> {
            if (args.get(0) instanceof byte[]) {
                socket.emit("buffack");
            }
        });
        socket.on("jsonbuff", (args, ack) -> {
            if (args.get(0) instanceof Map<?, ?> map
                    && "lol".equals(map.get("hello"))
                    && map.get("message") instanceof byte[]
                    && "gotcha".equals(map.get("goodbye"))) {
                socket.emit("jsonbuff-ack");
            }
        });
        boolean[] first = new boolean[1]; // handlers of a socket run one at a time
        socket.on("abuff1", (args, ack) -> first[0] = args.get(0) instanceof byte[]);
        socket.on("abuff2", (args, ack) -> {
            if (first[0]) {
                socket.emit("abuff2-ack");
            }
        });
    }

    private static int engine() throws IOException {
        EngineServer engine = new EngineServer(EngineOptions.builder()
                .path("/engine.io")
                .pingInterval(Duration.ofMillis(500))
                .maxHttpBufferSize(100)
                .allowRequest(AllowRequest.when(request -> !request.uri().matches(".*[?&]deny=.*")))
                .build());
        Map<String, HostRequest> latest = new ConcurrentHashMap<>();
        engine.use((request, headers, chain) -> engineRequest(latest, request, chain));
        engine.onInitialHeaders(SockeyeServers::cookies);
        engine.onConnection(socket -> {
            socket.listen(new Answers(socket, latest));
            socket.send(List.of(Message.text("hi")), true, null);
        });
        return NettyHost.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), engine, NettyHostOptions.defaults())
                .address()
                .getPort();
    }

    private static void cookies(ResponseHeaders headers, HostRequest request) {
        headers.add("set-cookie", "1=1; Max-Age=86400")
                .add("set-cookie", "2=2; Path=/; HttpOnly; Secure; SameSite=Strict")
                .add("set-cookie", "3=3; Max-Age=0")
                .add(
                        "set-cookie",
                        "4=4; Expires="
                                + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
    }

    /** Refuses the transport in {@code denyOne}; keeps the last POST of each session. */
    private static void engineRequest(
            Map<String, HostRequest> latest, HostRequest request, EngineMiddleware.Chain chain) {
        String uri = request.uri();
        boolean websocket = uri.contains("denyOne=websocket") && uri.contains("transport=websocket");
        boolean polling = uri.contains("denyOne=polling") && uri.contains("transport=polling") && !uri.contains("sid=");
        if (websocket || polling) {
            chain.respond(new HostResponse(403, List.of(), "refused".getBytes(StandardCharsets.UTF_8)));
            return;
        }
        if (request.method().equals("POST")) {
            latest.put(uri.replaceAll(".*[?&]sid=([^&]*).*", "$1"), request);
        }
        chain.next();
    }

    private record Answers(EngineSocket socket, Map<String, HostRequest> latest) implements EngineSocketListener {
        @Override
        public void onText(byte[] buffer, int offset, int length) {
            String text = new String(buffer, offset, length, StandardCharsets.UTF_8);
            HostRequest request = latest.get(socket.id());
            switch (text) {
                case "sendHeaders" -> {
                    String cookie = request.header("cookie");
                    send(Message.text("\"" + (cookie == null ? "none" : cookie) + "\""));
                }
                case "getExtra" -> send(Message.text(String.valueOf(request.header("x-extra"))));
                default -> send(Message.text(Arrays.copyOfRange(buffer, offset, offset + length)));
            }
        }

        @Override
        public void onBinary(byte[] data) {
            send(Message.binary(data));
        }

        @Override
        public void onClose(CloseReason reason, Object description) {
            latest.remove(socket.id());
        }

        private void send(Message message) {
            socket.send(List.of(message), true, null);
        }
    }
}
