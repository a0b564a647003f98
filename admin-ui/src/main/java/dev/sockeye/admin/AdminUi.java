package dev.sockeye.admin;

import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The server side of the official Admin UI: watch sockets, rooms and events in a browser, and act on them. Official counterpart: {@code
 * instrument} of {@code @socket.io/admin-ui}.
 *
 * <pre>{@code
 * AdminUi.instrument(io, AdminUiOptions.builder()
 *         .auth(AdminAuth.basic("admin", "$2b$10$..."))
 *         .build());
 * }</pre>
 *
 * <p>The page is then available at {@code /socket.io/admin/}, on every host. In a cluster, instrument each server; the page of
 * any of them, or of a Node.js server, shows all servers. Uses a daemon thread until it is closed.
 */
public final class AdminUi implements AutoCloseable {
    private static final Logger LOG = System.getLogger(AdminUi.class.getName());
    private static final long TICK_MILLIS = 500;
    private static final int TICKS_OF_A_SECOND = 2;
    private static final int TICKS_OF_STATS = 4;

    private final SocketIoServer io;
    private final AdminUiOptions options;
    private final String serverId;
    private final String hostname = HostName.get();
    private final AdminNamespace admins;
    private final SocketDocuments documents;
    private final Traffic traffic = new Traffic();
    private final @Nullable Development development;
    private final @Nullable Login login;
    private final @Nullable AdminPage page;
    private final AdminCommands commands;
    private final AdminGuard guard;
    private final List<Registration> undo = new CopyOnWriteArrayList<>();
    private final Instant started =
            ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(daemon("sockeye-admin"));
    private final ThreadPoolExecutor logins = new ThreadPoolExecutor(
            2, 2, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(32), daemon("sockeye-admin-login"));
    private volatile boolean closed;
    private int tick; // accessed only by the timer's thread

    private AdminUi(SocketIoServer io, AdminUiOptions options) {
        this.io = io;
        this.options = options;
        this.serverId = options.serverId();
        this.admins = new AdminNamespace(io.of(options.namespaceName()));
        this.documents = new SocketDocuments(options.credentialHeaders());
        this.commands = new AdminCommands(io);
        this.guard = new AdminGuard(admins.namespace(), this::connected);
        logins.allowCoreThreadTimeOut(true);
        BiPredicate<String, String> check = options.auth().check();
        if (check == null) {
            login = null;
            LOG.log(
                    Level.WARNING,
                    AdminLog.OPEN_TO_EVERYBODY.text("the Admin UI is open to anyone who can reach {0}"),
                    options.namespaceName());
        } else {
            var attempts = new LoginAttempts(options.maxLoginAttempts(), options.loginWindow(), System::nanoTime);
            login = new Login(check, options.store(), attempts, logins);
        }
        this.development =
                options.mode() == AdminUiOptions.Mode.DEVELOPMENT ? new Development(admins, documents) : null;
        String parser = io.options().parser() instanceof MsgpackParser ? "msgpack" : "default";
        this.page = options.servePage()
                ? new AdminPage(io.path() + "/" + options.pagePath(), options.namespaceName(), parser)
                : null;
    }

    /**
     * Makes a server available to the page. Call this once for each server, before clients connect; before or after {@code listen}.
     * After {@link #close()} it may be called again.
     *
     * @return when closed, nothing more is sent and the admins are disconnected
     */
    public static AdminUi instrument(SocketIoServer io, AdminUiOptions options) {
        AdminUi admin = new AdminUi(io, options);
        admin.start();
        return admin;
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private void start() {
        if (page != null) {
            undo.add(io.engine().use(page));
        }
        Namespace namespace = admins.namespace();
        guard.install(login);
        io.engine().addListener(traffic);
        if (development != null) {
            io.engine().addListener(development);
            undo.add(io.onNewNamespace(development::follow));
            io.namespaces().values().forEach(development::follow);
        }
        undo.add(namespace.prependConnection(admins::joined));
        var unused = timer.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void connected(Socket socket) {
        if (!options.readonly()) {
            commands.listen(socket);
        }
        // after the response to CONNECT: the page listens from then on
        String session = login == null ? null : login.takeSession(socket);
        if (session != null) {
            socket.emit("session", session);
        }
        socket.emit("config", Map.of("supportedFeatures", features()));
        if (development != null) {
            var unused = allSockets().thenAccept(all -> socket.emit("all_sockets", all));
        }
    }

    private List<String> features() {
        List<String> features = new ArrayList<>();
        if (!options.readonly()) {
            features.addAll(List.of("EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"));
        }
        features.add("AGGREGATED_EVENTS");
        if (development != null) {
            features.add("ALL_EVENTS");
        }
        return features;
    }

    /** The sockets of all namespaces of the cluster; those of this server only if the others do not respond. */
    private CompletableFuture<List<Map<String, @Nullable Object>>> allSockets() {
        CompletableFuture<List<Map<String, @Nullable Object>>> all =
                CompletableFuture.completedFuture(new ArrayList<>());
        for (Namespace namespace : io.namespaces().values()) {
            CompletableFuture<List<RemoteSocket>> found = namespace
                    .fetchSockets()
                    .exceptionallyCompose(error -> namespace.local().fetchSockets());
            all = all.thenCombine(found, (documented, sockets) -> {
                for (RemoteSocket socket : sockets) {
                    documented.add(documents.of(socket, namespace.name()));
                }
                return documented;
            });
        }
        return all;
    }

    private void tick() {
        try {
            boolean first = tick == 0;
            if (development != null) {
                development.data().look();
            }
            if (tick % TICKS_OF_A_SECOND == 0) {
                traffic.endSecond(System.currentTimeMillis() - (first ? 0 : TICK_MILLIS));
            }
            if (tick % TICKS_OF_STATS == 0) {
                sendStatistics();
                admins.lookAround();
                if (development != null) {
                    development.retain(io.namespaces().values());
                }
            }
            tick++;
        } catch (Throwable e) { // otherwise the timer would not call it again
            LOG.log(Level.WARNING, AdminLog.STATISTICS_FAILED.text("the statistics of the Admin UI failed"), e);
        }
    }

    private void sendStatistics() {
        List<Map<String, Object>> events = traffic.take();
        if (!admins.mayBeWatched()) {
            return;
        }
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("serverId", serverId);
        stats.put("hostname", hostname);
        stats.put("pid", ProcessHandle.current().pid());
        stats.put("uptime", Duration.between(started, Instant.now()).toMillis() / 1000.0);
        stats.put("clientsCount", io.engine().clientsCount());
        stats.put("pollingClientsCount", polling());
        stats.put("aggregatedEvents", events);
        List<Map<String, Object>> namespaces = new ArrayList<>();
        for (Namespace namespace : io.namespaces().values()) {
            Map<String, Object> one = new LinkedHashMap<>(4);
            one.put("name", namespace.name());
            one.put("socketsCount", namespace.sockets().size());
            namespaces.add(one);
        }
        stats.put("namespaces", namespaces);
        admins.emit("server_stats", stats);
    }

    /** The open sessions with the polling transport, also those that were opened before this was added. */
    private long polling() {
        return io.engine().clients().stream()
                .filter(session -> session.transport().equals("polling"))
                .count();
    }

    /** The path of the page; {@code null} if this server does not serve it. */
    public @Nullable String pagePath() {
        return page == null ? null : io.path() + "/" + options.pagePath() + "/";
    }

    /** Disconnects the admins, stops serving the page, and ends its threads. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        guard.close();
        timer.shutdownNow();
        logins.shutdown(); // logins that wait are answered: the guard rejects them
        io.engine().removeListener(traffic);
        undo.forEach(Registration::close);
        if (page != null) {
            page.close();
        }
        if (development != null) {
            io.engine().removeListener(development);
            development.close();
        }
        admins.namespace().local().disconnectSockets(false);
    }
}
