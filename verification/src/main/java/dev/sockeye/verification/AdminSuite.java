package dev.sockeye.verification;

import dev.sockeye.admin.AdminAuth;
import dev.sockeye.admin.AdminSessionStore;
import dev.sockeye.admin.AdminUi;
import dev.sockeye.admin.AdminUiOptions;
import dev.sockeye.admin.RedisSessionStore;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.cluster.Broker;
import dev.sockeye.verification.cluster.BrokerServer;
import dev.sockeye.verification.host.Host;
import io.lettuce.core.RedisClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the shim of the Admin UI package's suite asks for: servers, their sockets, and session stores. */
final class AdminSuite {
    /** Binary values are objects with this one member, in Base64. */
    private static final String BINARY = "$binary";

    private final Host host;
    private final Map<Integer, Server> servers = new ConcurrentHashMap<>();
    private final Map<Integer, AdminSessionStore> stores = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable RedisClient redis;

    AdminSuite(Host host) {
        this.host = host;
    }

    private static final class Server {
        private final SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.defaults());
        private final LinkedBlockingQueue<Map<String, @Nullable Object>> events = new LinkedBlockingQueue<>();
        private final Map<String, Socket> sockets = new ConcurrentHashMap<>();
        private final Map<String, CountDownLatch> done = new ConcurrentHashMap<>();
        private final Map<Integer, dev.sockeye.socketio.Ack> acks = new ConcurrentHashMap<>();
        private final AtomicInteger ids = new AtomicInteger();

        /** Tells the suite about a socket and waits until its functions have run, as they do in one process. */
        private void tell(String type, Socket socket) throws InterruptedException {
            sockets.put(socket.id(), socket);
            CountDownLatch latch = new CountDownLatch(1);
            done.put(type + socket.id(), latch);
            events.add(event(
                    type,
                    "id",
                    socket.id(),
                    "handshake",
                    socket.handshake().toMap(),
                    "data",
                    Map.copyOf(socket.data())));
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the suite did not handle " + type + " within 10 s");
            }
        }

        private void emit(Socket socket, String event, Object[] values, @Nullable Object ack) {
            if (ack == null) {
                socket.emit(event, values);
                return;
            }
            var unused = socket.emitWithAck(event, values)
                    .thenAccept(answer -> events.add(event("ack", "ack", ack, "args", plain(answer.toList()))));
        }

        private void on(Socket socket, String event) {
            socket.on(event, (args, ack) -> {
                int number = ids.incrementAndGet();
                if (ack.expected()) {
                    acks.put(number, ack);
                }
                events.add(event(
                        "event",
                        "id",
                        socket.id(),
                        "name",
                        event,
                        "args",
                        plain(args.toList()),
                        "ack",
                        ack.expected() ? number : null));
            });
        }
    }

    private static Map<String, @Nullable Object> event(String type, @Nullable Object... members) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("type", type);
        for (int i = 0; i < members.length; i += 2) {
            event.put(String.valueOf(members[i]), members[i + 1]);
        }
        return event;
    }

    /** Runs one request and returns its result, a JSON value. */
    @Nullable
    Object handle(Map<?, ?> request) throws Exception {
        String op = text(request, "op");
        if (op.startsWith("store")) {
            return store(op, request);
        }
        if (op.equals("create")) {
            int id = ids.incrementAndGet();
            servers.put(id, new Server());
            return id;
        }
        Server server = Objects.requireNonNull(servers.get(request.get("server")), "no such server");
        if (request.containsKey("socket")) {
            return socket(server, Objects.requireNonNull(server.sockets.get(text(request, "socket"))), op, request);
        }
        switch (op) {
            case "listen" -> {
                server.io.onConnection(socket -> server.tell("connection", socket));
                server.io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
                return server.io.port();
            }
            case "instrument" -> open.add(AdminUi.instrument(server.io, options(map(request, "options"))));
            case "of" -> server.io.of(Pattern.compile(text(request, "pattern")));
            case "use" ->
                server.io.use((socket, next) -> {
                    server.tell("use", socket);
                    next.next();
                });
            case "next" -> {
                return server.events.poll(5, TimeUnit.SECONDS);
            }
            case "done" ->
                Objects.requireNonNull(server.done.remove(text(request, "what")))
                        .countDown();
            case "ack" ->
                Objects.requireNonNull(server.acks.remove(request.get("ack"))).send(values(request.get("args")));
            case "close" -> server.io.close();
            default -> throw new IllegalArgumentException("unknown: " + op);
        }
        return true;
    }

    private static @Nullable Object socket(Server server, Socket socket, String op, Map<?, ?> request) {
        switch (op) {
            case "join" -> socket.join(text(request, "room"));
            case "leave" -> socket.leave(text(request, "room"));
            case "disconnect" -> socket.disconnect(Boolean.TRUE.equals(request.get("close")));
            case "rooms" -> {
                return socket.rooms();
            }
            case "data" ->
                map(request, "data").forEach((key, value) -> socket.data().put((String) key, value));
            case "emit" -> server.emit(socket, text(request, "event"), values(request.get("args")), request.get("ack"));
            case "on" -> server.on(socket, text(request, "event"));
            default -> throw new IllegalArgumentException("unknown: " + op);
        }
        return true;
    }

    private Object store(String op, Map<?, ?> request) throws Exception {
        if (op.equals("store-create")) {
            int id = ids.incrementAndGet();
            stores.put(
                    id,
                    request.get("prefix") == null
                            ? AdminSessionStore.inMemory()
                            : RedisSessionStore.of(
                                    redis().connect().async(),
                                    text(request, "prefix"),
                                    Duration.ofSeconds(Long.parseLong(String.valueOf(request.get("seconds"))))));
            return id;
        }
        AdminSessionStore store = Objects.requireNonNull(stores.get(request.get("store")));
        if (op.equals("store-save")) {
            store.save(text(request, "session")).toCompletableFuture().get(10, TimeUnit.SECONDS);
            return true;
        }
        return store.exists(text(request, "session")).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private synchronized RedisClient redis() throws Exception {
        if (redis == null) {
            BrokerServer server = Broker.PUBSUB.start(false);
            if (server == null) {
                throw new IllegalStateException(Broker.PUBSUB.missing());
            }
            open.add(server);
            redis = RedisClient.create(server.uri());
            open.add(redis);
        }
        return redis;
    }

    private static AdminUiOptions options(Map<?, ?> from) {
        AdminUiOptions.Builder options = AdminUiOptions.builder();
        if (from.get("auth") instanceof Map<?, ?> auth) {
            options.auth(AdminAuth.basic(text(auth, "username"), text(auth, "password")));
        } else {
            options.auth(AdminAuth.none());
        }
        if (from.get("namespaceName") instanceof String name) {
            options.namespaceName(name);
        }
        if (from.get("mode") instanceof String mode) {
            options.mode(AdminUiOptions.Mode.valueOf(mode.toUpperCase(Locale.ROOT)));
        }
        return options.readonly(Boolean.TRUE.equals(from.get("readonly")))
                .servePage(false) // the suite does not open it
                .build();
    }

    private static String text(Map<?, ?> from, String name) {
        return (String) Objects.requireNonNull(from.get(name), name);
    }

    private static Map<?, ?> map(Map<?, ?> from, String name) {
        return (Map<?, ?>) Objects.requireNonNull(from.get(name), name);
    }

    private static Object[] values(@Nullable Object args) {
        return ((List<?>) Objects.requireNonNull(args))
                .stream().map(AdminSuite::value).toArray();
    }

    private static Object value(Object json) {
        return json instanceof Map<?, ?> map && map.get(BINARY) instanceof String data
                ? Base64.getDecoder().decode(data)
                : json;
    }

    private static List<@Nullable Object> plain(List<@Nullable Object> args) {
        List<@Nullable Object> plain = new ArrayList<>();
        for (Object each : args) {
            plain.add(
                    each instanceof byte[] data
                            ? Map.of(BINARY, Base64.getEncoder().encodeToString(data))
                            : each);
        }
        return plain;
    }

    void close() {
        servers.values().forEach(server -> server.io.close());
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Exception e) {
                System.err.println(e);
            }
        }
    }
}
