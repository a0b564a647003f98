package dev.sockeye.metrics;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.ForwardingCounts;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters {@code sockeye.*} of a server, for any Micrometer registry. Gauges are read on access; counters follow the
 * sockets and sessions of this server. Bind it before clients connect: earlier connections are not counted.
 *
 * <pre>{@code
 * SockeyeMetrics metrics = SockeyeMetrics.of(io);
 * metrics.bindTo(registry);
 * }</pre>
 *
 * <p>Thread-safe. Has its own daemon thread until it is closed.
 */
public final class SockeyeMetrics implements MeterBinder, AutoCloseable {
    /** Namespaces above this number share the tag value {@code other}, because there may be many dynamic namespaces. */
    static final int MAX_NAMESPACES = 100;

    static final String OTHER = "other";

    private final SocketIoServer io;
    private final MailboxWatch mailboxes;
    private final List<Registration> undo = new CopyOnWriteArrayList<>();

    private SockeyeMetrics(SocketIoServer io) {
        this.io = io;
        this.mailboxes = new MailboxWatch(io);
    }

    /** Creates the meters of a server, which are not registered yet. */
    public static SockeyeMetrics of(SocketIoServer io) {
        return new SockeyeMetrics(io);
    }

    /** Registers the meters, which count from now on. */
    @Override
    public void bindTo(MeterRegistry registry) {
        bindSessions(registry);
        mailboxes.addTimer(Timer.builder("sockeye.mailbox.wait")
                .description("How long packets wait for the handlers of their client, sampled each second")
                .register(registry));
        TimeGauge.builder("sockeye.mailbox.age", mailboxes, TimeUnit.NANOSECONDS, MailboxWatch::oldest)
                .description("How long the oldest packet that waits for a handler has waited")
                .register(registry);
        Gauge.builder("sockeye.mailbox.packets", io, SockeyeMetrics::waiting)
                .description("Packets that wait for handlers")
                .register(registry);
        Set<String> bound = ConcurrentHashMap.newKeySet();
        undo.add(io.onAck((socket, event, took, error) -> Timer.builder("sockeye.ack")
                .description("How long clients take to acknowledge")
                .tag("namespace", tag(socket.namespace().name(), bound))
                .tag("outcome", outcome(error))
                .register(registry)
                .record(took)));
        undo.add(io.onRateLimited((exceeded, action) -> Counter.builder("sockeye.rate.limited")
                .description("Events and connections refused by a rate limit")
                .tag("limit", exceeded.scope().text())
                .tag("action", action.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment()));
        AtomicBoolean counting = new AtomicBoolean(true);
        undo.add(() -> counting.set(false));
        undo.add(NamespaceHooks.install(io, namespace -> bind(namespace, registry, bound, counting)));
    }

    private void bindSessions(MeterRegistry registry) {
        for (String transport : new String[] {"polling", "websocket", "webtransport"}) {
            Gauge.builder("sockeye.connections", io, server -> connections(server, transport))
                    .description("Open sessions")
                    .tag("transport", transport)
                    .register(registry);
        }
        Gauge.builder("sockeye.outbound.bytes", io, SockeyeMetrics::queued)
                .description("Bytes queued for clients")
                .baseUnit("bytes")
                .register(registry);
        if (io.engine().forwardingCounts() != null) {
            bindForwarding(registry);
        }
        SessionMeters sessions = new SessionMeters(registry);
        undo.add(io.engine().addListener(sessions));
        undo.add(io.engine()
                .onConnectionError(refused -> Counter.builder("sockeye.handshakes.refused")
                        .description("Requests refused by the engine")
                        .tag("code", Integer.toString(refused.error().code()))
                        .register(registry)
                        .increment()));
    }

    private void bindForwarding(MeterRegistry registry) {
        Map<String, ToLongFunction<ForwardingCounts>> kinds = Map.of(
                "local", ForwardingCounts::local,
                "forwarded", ForwardingCounts::forwarded,
                "failed", ForwardingCounts::failed,
                "refused", ForwardingCounts::refused,
                "received", ForwardingCounts::received);
        kinds.forEach((kind, count) -> FunctionCounter.builder(
                        "sockeye.forwarding.requests", io, server -> forwarding(server, count))
                .description("Requests for sessions of this server, and requests forwarded to or received from other"
                        + " servers")
                .tag("kind", kind)
                .register(registry));
        Gauge.builder("sockeye.forwarding.active", io, server -> forwarding(server, ForwardingCounts::active))
                .description("Requests and WebSockets that are being forwarded")
                .register(registry);
    }

    private static double forwarding(SocketIoServer io, ToLongFunction<ForwardingCounts> count) {
        ForwardingCounts counts = io.engine().forwardingCounts();
        return counts == null ? 0 : count.applyAsLong(counts);
    }

    private Registration bind(Namespace namespace, MeterRegistry registry, Set<String> bound, AtomicBoolean counting) {
        String name = tag(namespace.name(), registry);
        if (bound.add(name)) {
            Gauge.builder("sockeye.sockets", io, server -> sockets(server, name, bound))
                    .description("Connected sockets")
                    .tag("namespace", name)
                    .register(registry);
        }
        Counter in = Counter.builder("sockeye.events.received")
                .description("Events from clients")
                .tag("namespace", name)
                .register(registry);
        Counter out = Counter.builder("sockeye.events.sent")
                .description("Events to clients, one for each receiver")
                .tag("namespace", name)
                .register(registry);
        // first, so that messages sent by the application's handlers are counted
        return namespace.prependConnection(socket -> listen(socket, name, in, out, registry, counting));
    }

    /** Stops counting and ends the thread. The meters stay in their registries with their current values. */
    @Override
    public void close() {
        mailboxes.close();
        for (Registration registration : undo) {
            registration.close();
        }
        undo.clear();
    }

    /** The listeners of connected sockets stay when the meters are closed. */
    private static void listen(
            Socket socket, String namespace, Counter in, Counter out, MeterRegistry registry, AtomicBoolean counting) {
        socket.onAny((event, args) -> {
            if (counting.get()) {
                in.increment();
            }
        });
        socket.onAnyOutgoing((event, args) -> {
            if (counting.get()) {
                out.increment();
            }
        });
        socket.onDisconnect((reason, description) -> {
            if (counting.get()) {
                Counter.builder("sockeye.disconnects")
                        .description("Disconnected sockets")
                        .tag("namespace", namespace)
                        .tag("reason", reason.text())
                        .register(registry)
                        .increment();
            }
        });
    }

    /** The tag of a namespace whose meters were registered. A search in the registry visits all of its meters. */
    private static String tag(String namespace, Set<String> bound) {
        return bound.contains(namespace) ? namespace : OTHER;
    }

    private static String tag(String namespace, MeterRegistry registry) {
        boolean known = registry.find("sockeye.events.received")
                        .tag("namespace", namespace)
                        .counter()
                != null;
        return known || registry.find("sockeye.events.received").counters().size() < MAX_NAMESPACES ? namespace : OTHER;
    }

    private static String outcome(@Nullable Throwable error) {
        if (error == null) {
            return "answered";
        }
        return error instanceof AckTimeoutException ? "timeout" : "disconnected";
    }

    private static double connections(SocketIoServer io, String transport) {
        int count = 0;
        for (EngineSocket session : io.engine().clients()) {
            if (session.transport().equals(transport)) {
                count++;
            }
        }
        return count;
    }

    private static double queued(SocketIoServer io) {
        long bytes = 0;
        for (EngineSocket session : io.engine().clients()) {
            bytes += session.bufferedBytes();
        }
        return bytes;
    }

    private static double waiting(SocketIoServer io) {
        return MailboxWatch.waiting(io).stream()
                .mapToInt(client -> client.waiting())
                .sum();
    }

    private static double sockets(SocketIoServer io, String name, Set<String> bound) {
        int count = 0;
        for (Namespace namespace : io.namespaces().values()) {
            if (namespace.name().equals(name) || (name.equals(OTHER) && !bound.contains(namespace.name()))) {
                count += namespace.sockets().size();
            }
        }
        return count;
    }
}
