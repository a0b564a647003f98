package dev.sockeye.verification.differential;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.ParentNamespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sockeye in this process, with the application of {@code server.mjs}. Handlers run on the event loop, as in Node. */
final class SockeyeSide implements Side {
    private static final Pattern RUN = Pattern.compile("^[^#]*[?&]run=([^&#]*)");

    private final Map<Profile, SocketIoServer> servers = new EnumMap<>(Profile.class);
    private final Map<String, List<String>> logs = new ConcurrentHashMap<>();

    SockeyeSide() throws IOException {
        for (Profile profile : Profile.values()) {
            SocketIoServer io = SocketIoServer.create(options(profile));
            servers.put(profile, io);
            io.engine()
                    .onConnectionError(error -> log(
                            run(error.request()),
                            ("refused " + error.error().code() + " "
                                            + error.error().text() + " "
                                            + error.context().getOrDefault("name", ""))
                                    .strip()));
            if (profile == Profile.FEATURES) {
                FeatureApplication.prepare(io);
            }
            if (profile == Profile.FEATURES || profile == Profile.RESUME) {
                FeatureApplication.serve(io, this::log);
            }
            new GroupApplication(io, this::serve, this::log).prepare();
            io.onConnection(this::serve);
            io.of("/custom").onConnection(this::serve);
            Namespace auth = io.of("/auth");
            auth.use((socket, next) -> {
                if ("ok".equals(socket.handshake().auth().get("token"))) {
                    next.next();
                } else {
                    next.fail("denied", Map.of("code", 401));
                }
            });
            auth.onConnection(this::serve);
            Namespace plain = io.of("/plain");
            plain.use((socket, next) -> next.fail("never"));
            plain.onConnection(this::serve);
            io.of(Pattern.compile("^/dynamic-\\d+$")).onConnection(this::serve);
            io.of((namespace, given) -> {
                        boolean late = namespace.equals("/fn-late");
                        boolean accepted = late ? "ok".equals(given.get("token")) : namespace.equals("/fn-ok");
                        CompletableFuture<Boolean> answer = new CompletableFuture<>();
                        return late
                                ? answer.completeOnTimeout(accepted, 1, TimeUnit.MILLISECONDS)
                                : CompletableFuture.completedFuture(accepted);
                    })
                    .onConnection(this::serve);
            ParentNamespace guarded = io.of(Pattern.compile("^/guarded-\\d+$"));
            guarded.use((socket, next) -> {
                Object token = socket.handshake().auth().get("token");
                if ("ok".equals(token)) {
                    next.next();
                } else if ("data".equals(token)) {
                    next.fail("guarded", List.of(1, Collections.singletonMap("a", null)));
                } else {
                    next.fail("guarded");
                }
            });
            guarded.onConnection(this::serve);
            io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }
    }

    private static SocketIoServerOptions options(Profile profile) {
        SocketIoServerOptions.Builder options = SocketIoServerOptions.builder()
                .connectTimeout(profile == Profile.TIMERS ? Duration.ofMillis(700) : Duration.ofSeconds(30))
                .execution(HandlerExecution.eventLoop())
                .engine(engine -> engine(engine, profile));
        if (profile == Profile.RECOVERY) {
            options.connectionStateRecovery(true);
        } else if (profile == Profile.RESUME) {
            options.connectionStateRecovery(recovery -> recovery.skipMiddlewares(false));
        } else if (profile == Profile.MSGPACK) {
            options.parser(MsgpackParser.create());
        } else if (profile == Profile.PATHS) {
            options.serveClient(false).cleanupEmptyChildNamespaces(true);
        }
        return options.build();
    }

    private static EngineOptions.Builder engine(EngineOptions.Builder engine, Profile profile) {
        engine.maxHttpBufferSize(20_000)
                .allowEIO3(profile != Profile.STRICT)
                .pingInterval(Duration.ofMinutes(1))
                .pingTimeout(Duration.ofMinutes(1));
        if (profile == Profile.STRICT) {
            engine.cookie(true)
                    .cors(cors -> cors.origins("http://one.example", "http://two.example")
                            .credentials(true)
                            .exposedHeaders("x-a")
                            .maxAge(Duration.ofMinutes(1)));
        } else if (profile == Profile.OPEN) {
            engine.transports("polling")
                    .cors(cors -> cors.methods("GET", "POST").allowedHeaders("x-b"));
        } else if (profile == Profile.FEATURES) {
            FeatureApplication.options(engine);
        } else if (profile == Profile.TIMERS) {
            engine.pingInterval(Duration.ofMillis(800))
                    .pingTimeout(Duration.ofMillis(600))
                    .upgradeTimeout(Duration.ofMillis(500));
        } else if (profile == Profile.HOOKS) {
            engine.cors(cors -> cors.originPredicate((origin, request) -> true)
                            .credentials(true)
                            .preflightContinue(true))
                    .allowRequest(SockeyeSide::allow);
        } else if (profile == Profile.FIXED) {
            engine.cors(cors -> cors.origins("http://one.example")
                    .exposedHeaders("x-a", "x-b")
                    .maxAge(Duration.ZERO)
                    .allowedHeaders());
        } else if (profile == Profile.CHOSEN) {
            engine.cors(cors -> cors.originPredicate((origin, request) -> origin.contains("one.example"))
                    .methods("GET", "POST", "OPTIONS"));
        } else if (profile == Profile.PATHS) {
            engine.path("/ws")
                    .addTrailingSlash(false)
                    .allowUpgrades(false)
                    .cookie(cookie -> cookie.name("sky")
                            .path("/ws")
                            .httpOnly(false)
                            .sameSite("none")
                            .secure(true)
                            .maxAge(Duration.ofSeconds(10)))
                    .cors(cors -> cors.originPatterns(Pattern.compile("one\\.example$"))
                            .origins("http://two.example")
                            .methods("GET")
                            .allowedHeaders("x-a", "x-b")
                            .optionsSuccessStatus(200));
        }
        return engine;
    }

    private static CompletableFuture<AllowRequest.Decision> allow(HostRequest request) {
        AllowRequest.Decision decision = request.uri().contains("deny=1")
                ? AllowRequest.Decision.refuse("not \"allowed\" ä")
                : request.uri().contains("deny=") ? AllowRequest.Decision.refuse() : AllowRequest.Decision.allow();
        return request.uri().contains("late=")
                ? new CompletableFuture<AllowRequest.Decision>().completeOnTimeout(decision, 10, TimeUnit.MILLISECONDS)
                : CompletableFuture.completedFuture(decision);
    }

    private static @Nullable String run(HostRequest request) {
        Matcher matcher = RUN.matcher(request.uri());
        return matcher.find() ? matcher.group(1) : null;
    }

    private void log(@Nullable String run, String line) {
        if (run != null) {
            List<String> lines = logs.computeIfAbsent(run, key -> new ArrayList<>());
            synchronized (lines) {
                lines.add(line);
            }
        }
    }

    private void serve(Socket socket) {
        String run = socket.handshake().query().get("run");
        String name = socket.namespace().name();
        String session = " @" + socket.conn().id();
        log(
                run,
                "connection " + name + " auth="
                        + String.join(
                                ",", new TreeSet<>(socket.handshake().auth().keySet())) + " recovered="
                        + socket.recovered() + session);
        socket.join("run:" + run);
        socket.emit("hello", name);
        socket.onDisconnect((reason, description) -> log(run, "disconnect " + name + " " + reason.text() + session));
        socket.onAny((event, args) -> log(run, "event " + name + " " + event + " " + args.size() + session));
        for (String event : List.of("message", "7", "ä€😀", "")) {
            socket.on(event, (args, ack) -> {
                if (ack.expected()) {
                    ack.send((Object[]) payloads(args));
                } else {
                    Object[] all = new Object[args.size() + 1];
                    all[0] = event;
                    System.arraycopy(payloads(args), 0, all, 1, args.size());
                    socket.emit("echo", all);
                }
            });
        }
        socket.on("leave", (args, ack) -> socket.disconnect(false));
        socket.on("kick", (args, ack) -> socket.disconnect(true));
        socket.on("ask", (args, ack) -> {
            var unused = socket.emitWithAck("question", (Object[]) payloads(args))
                    .thenAccept(answer -> log(run, "answer " + name + " " + answer.size() + session));
        });
        socket.on("cast", (args, ack) -> socket.namespace().to("run:" + run).emit("cast", (Object[]) payloads(args)));
        socket.on("others", (args, ack) -> socket.to("run:" + run).emit("others", (Object[]) payloads(args)));
        socket.on("big", (args, ack) -> socket.emit("big", "x".repeat(3_000)));
    }

    private static Payload[] payloads(Arguments args) {
        Payload[] all = new Payload[args.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = args.payload(i);
        }
        return all;
    }

    @Override
    public String name() {
        return "sockeye";
    }

    @Override
    public int port(Profile profile) {
        return server(profile).port();
    }

    private SocketIoServer server(Profile profile) {
        SocketIoServer server = servers.get(profile);
        if (server == null) {
            throw new IllegalStateException("closed");
        }
        return server;
    }

    @Override
    public List<String> log(String run) {
        List<String> lines = logs.remove(run);
        if (lines == null) {
            return List.of();
        }
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    @Override
    public int crashes() {
        return 0;
    }

    @Override
    public void close() {
        servers.values().forEach(server -> server.closeAsync().join());
    }
}
