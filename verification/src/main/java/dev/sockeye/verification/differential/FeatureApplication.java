package dev.sockeye.verification.differential;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.BroadcastTarget;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The application of {@code features.mjs}: each {@code do} event of a client uses one part of the server's API. */
final class FeatureApplication {
    private static final JsonMapper JSON = new JsonMapper();

    private final SocketIoServer io;
    private final Socket socket;
    private final String run;
    private final BiConsumer<String, String> log;

    private FeatureApplication(SocketIoServer io, Socket socket, BiConsumer<String, String> log) {
        this.io = io;
        this.socket = socket;
        this.run = Objects.requireNonNull(socket.handshake().query("run"));
        this.log = log;
    }

    static void options(EngineOptions.Builder engine) {
        engine.perMessageDeflate(deflate -> deflate.threshold(200))
                .httpCompressionThreshold(100)
                .allowRequest(request -> java.util.concurrent.CompletableFuture.completedFuture(
                        request.uri().contains("deny=1")
                                ? AllowRequest.Decision.refuse("not allowed")
                                : AllowRequest.Decision.allow()));
    }

    static void prepare(SocketIoServer io) {
        io.engine().use((request, headers, chain) -> {
            if (request.header("x-block") != null) {
                chain.fail(new IllegalStateException("blocked"));
            } else {
                headers.set("x-middleware", "a");
                chain.next();
            }
        });
        io.engine().onInitialHeaders((headers, request) -> headers.set("x-initial", "b"));
        io.engine().onHeaders((headers, request) -> headers.set("x-every", "c"));
    }

    static void serve(SocketIoServer io, BiConsumer<String, String> log) {
        io.onConnection(socket -> new FeatureApplication(io, socket, log).serve());
        io.of("/custom").onConnection(socket -> new FeatureApplication(io, socket, log).serve());
    }

    private void serve() {
        String name = socket.namespace().name();
        socket.join(room("run"));
        socket.on("do", (args, ack) -> operate(command(args), ack));
        socket.use((event, next) -> {
            if (event.name().equals("blocked")) {
                next.fail("blocked by middleware", 1);
            } else if (!event.name().equals("dropped")) {
                next.next();
            }
        });
        socket.onError(error -> log("error " + name + " " + error.getMessage()));
        socket.onAnyOutgoing((event, args) -> log("outgoing " + name + " " + event + " " + args.size()));
        socket.onDisconnecting(
                (reason, description) -> log("disconnecting " + name + " " + reason.text() + " " + rooms().size()));
        socket.conn().observe(new EngineSocketListener.Observer() {
            @Override
            public void onUpgrade(String transport) {
                log("upgraded to " + transport);
            }
        });
        socket.emit("welcome", socket.conn().transport());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> command(Arguments args) {
        return (Map<String, Object>) Objects.requireNonNull(args.get(0));
    }

    private void operate(Map<String, Object> command, Ack ack) {
        Object value = command.get("value");
        switch (text(command, "op")) {
            case "state" -> socket.emit("state", state());
            case "join" ->
                socket.join(list(command, "rooms").stream().map(this::room).toArray(String[]::new));
            case "leave" -> socket.leave(room(text(command, "room")));
            case "rooms" -> socket.emit("rooms", rooms());
            case "emit" -> target(command).emit("news", value);
            case "ask" -> ask(command, "answers", "failed");
            case "callback" -> ask(command, "called", "called");
            case "fetch" -> {
                var unused =
                        target(command).fetchSockets().thenAccept(found -> socket.emit("fetched", described(found)));
            }
            case "data" -> {
                if (value == null) {
                    socket.data().remove("x"); // read as null
                } else {
                    socket.data().put("x", value);
                }
            }
            case "socketsJoin" -> target(command).socketsJoin(room(text(command, "room")));
            case "socketsLeave" -> target(command).socketsLeave(room(text(command, "room")));
            case "disconnectSockets" -> target(command).disconnectSockets(flag(command, "close"));
            case "volatile" -> socket.asVolatile().emit("news", value);
            case "compress" -> socket.compress(flag(command, "value")).emit("big", "abc".repeat(200));
            case "send" -> socket.emit("message", value);
            case "reserved" -> {
                try {
                    socket.emit(text(command, "event"), 1);
                } catch (IllegalArgumentException e) {
                    socket.emit("thrown", e.getMessage());
                }
            }
            case "timed" -> {
                var unused = socket.timeout(Duration.ofMillis(1))
                        .emitWithAck("never")
                        .whenComplete((answer, error) -> {
                            if (error != null) {
                                log("timed " + error.getMessage());
                            }
                        });
            }
            case "twice" -> {
                ack.send(1);
                ack.send(2);
            }
            case "nothing" -> ack.send();
            case "binary" -> {
                socket.emit("bin", new byte[] {1, 2}, Map.of("a", Arrays.asList(new byte[] {3}, null)), List.of());
                ack.send(new byte[] {4});
            }
            case "listen" -> listen(text(command, "event"), text(command, "kind"));
            case "end" -> {
                socket.emit("last", 1);
                socket.disconnect(flag(command, "close"));
                log("connected " + socket.connected() + " rooms " + rooms().size());
            }
            default -> throw new IllegalArgumentException("unknown operation: " + command);
        }
    }

    private void listen(String event, String kind) {
        switch (kind) {
            case "on" -> socket.on(event, (args, ack) -> log("on " + event + " " + args.size()));
            case "once" -> socket.once(event, (args, ack) -> log("once " + event + " " + args.size()));
            case "prependListener" ->
                socket.prepend(event, (args, ack) -> log("prependListener " + event + " " + args.size()));
            default -> socket.off(event);
        }
    }

    private void ask(Map<String, Object> command, String answered, String failed) {
        boolean callback = answered.equals(failed);
        var unused = target(command)
                .timeout(Duration.ofMillis(((Number) Objects.requireNonNull(command.get("timeout"))).longValue()))
                .emitWithAck("q", command.get("value"))
                .whenComplete((answers, error) -> {
                    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
                    if (cause instanceof AckTimeoutException timeout) {
                        if (callback) {
                            socket.emit(failed, timeout.getMessage(), first(timeout.responses()));
                        } else {
                            socket.emit(
                                    failed,
                                    timeout.getMessage(),
                                    timeout.responses().size());
                        }
                    } else if (callback) {
                        socket.emit(answered, null, first(answers));
                    } else {
                        socket.emit(answered, first(answers));
                    }
                });
    }

    private static List<@Nullable Payload> first(List<Arguments> answers) {
        List<@Nullable Payload> first = new ArrayList<>();
        answers.forEach(answer -> first.add(answer.size() == 0 ? null : answer.payload(0)));
        return first;
    }

    private BroadcastOperator target(Map<String, Object> command) {
        List<String> to = new ArrayList<>(list(command, "to"));
        if (to.isEmpty()) {
            to.add("run");
        }
        String[] rooms = to.stream().map(this::room).toArray(String[]::new);
        String scope = Objects.toString(command.get("scope"));
        BroadcastOperator operator = switch (scope) {
            case "nsp" -> target(socket.namespace(), rooms);
            case "server" -> io.to(rooms);
            default -> socket.to(rooms);
        };
        for (String room : list(command, "except")) {
            operator = operator.except(room(room));
        }
        operator = flag(command, "volatile") ? operator.asVolatile() : operator;
        operator = flag(command, "local") ? operator.local() : operator;
        return command.containsKey("compress") ? operator.compress(flag(command, "compress")) : operator;
    }

    private static BroadcastOperator target(BroadcastTarget target, String[] rooms) {
        return target.to(rooms);
    }

    private Map<String, @Nullable Object> state() {
        Handshake handshake = socket.handshake();
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("rooms", rooms());
        state.put("connected", socket.connected());
        state.put("recovered", socket.recovered());
        state.put("transport", socket.conn().transport());
        state.put("protocol", socket.conn().protocol());
        state.put("headers", new TreeSet<>(handshake.headers().keySet()));
        state.put(
                "values",
                Arrays.asList(
                        handshake.headers().get("x-a"), handshake.headers().get("cookie")));
        state.put("query", handshake.query());
        state.put("auth", handshake.auth());
        state.put("secure", handshake.secure());
        state.put("xdomain", handshake.xdomain());
        state.put("url", handshake.url());
        return state;
    }

    private static List<String> described(List<RemoteSocket> found) {
        return found.stream()
                .map(one -> JSON.writeValueAsString(
                        Arrays.asList(others(one.rooms(), one.id()), one.data().get("x"))))
                .sorted()
                .toList();
    }

    private List<String> rooms() {
        return others(socket.rooms(), socket.id());
    }

    private static List<String> others(Set<String> rooms, String own) {
        return rooms.stream().filter(room -> !room.equals(own)).sorted().toList();
    }

    private String room(String name) {
        return name + ":" + run;
    }

    private void log(String line) {
        log.accept(run, line + " @" + socket.conn().id());
    }

    private static String text(Map<String, Object> command, String key) {
        return (String) Objects.requireNonNull(command.get(key));
    }

    private static boolean flag(Map<String, Object> command, String key) {
        return Boolean.TRUE.equals(command.get(key));
    }

    @SuppressWarnings("unchecked")
    private static List<String> list(Map<String, Object> command, String key) {
        return command.get(key) instanceof List<?> list ? (List<String>) list : List.of();
    }
}
