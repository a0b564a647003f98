package dev.sockeye.spring;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The meters {@code sockeye.*}. Gauges are read when asked for; counters listen to sockets of this server. */
final class SockeyeMetrics implements MeterBinder {
    private final SocketIoServer io;

    SockeyeMetrics(SocketIoServer io) {
        this.io = io;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Set<String> bound = ConcurrentHashMap.newKeySet();
        for (String transport : new String[] {"polling", "websocket"}) {
            Gauge.builder("sockeye.connections", io, server -> connections(server, transport))
                    .description("Open sessions")
                    .tag("transport", transport)
                    .register(registry);
        }
        Gauge.builder("sockeye.outbound.bytes", io, SockeyeMetrics::queued)
                .description("What waits to be written to clients")
                .baseUnit("bytes")
                .register(registry);
        io.engine()
                .onConnectionError(refused -> Counter.builder("sockeye.handshakes.refused")
                        .description("Requests refused by the engine")
                        .tag("code", Integer.toString(refused.error().code()))
                        .register(registry)
                        .increment());
        io.onNewNamespace(namespace -> bind(namespace, registry, bound));
        io.namespaces().values().forEach(namespace -> bind(namespace, registry, bound));
    }

    private void bind(Namespace namespace, MeterRegistry registry, Set<String> bound) {
        if (!bound.add(namespace.name())) {
            return;
        }
        String name = namespace.name();
        Gauge.builder("sockeye.sockets", io, server -> sockets(server, name))
                .description("Connected sockets")
                .tag("namespace", name)
                .register(registry);
        Counter in = Counter.builder("sockeye.events.received")
                .description("Events from clients")
                .tag("namespace", name)
                .register(registry);
        Counter out = Counter.builder("sockeye.events.sent")
                .description("Events to clients, one for each receiver")
                .tag("namespace", name)
                .register(registry);
        namespace.onConnection(socket -> listen(socket, name, in, out, registry));
    }

    private static void listen(Socket socket, String namespace, Counter in, Counter out, MeterRegistry registry) {
        socket.onAny((event, args) -> in.increment());
        socket.onAnyOutgoing((event, args) -> out.increment());
        socket.onDisconnect((reason, description) -> Counter.builder("sockeye.disconnects")
                .description("Sockets that have left")
                .tag("namespace", namespace)
                .tag("reason", reason.text())
                .register(registry)
                .increment());
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

    private static double sockets(SocketIoServer io, String name) {
        Namespace namespace = io.namespaces().get(name);
        return namespace == null ? 0 : namespace.sockets().size();
    }
}
