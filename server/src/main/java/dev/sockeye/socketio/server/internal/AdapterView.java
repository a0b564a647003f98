package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Implements the view of a namespace that is passed to its adapter. */
final class AdapterView implements AdapterNamespace {
    private final NamespaceCore namespace;
    private final ServerContext context;

    AdapterView(NamespaceCore namespace) {
        this.namespace = namespace;
        this.context = namespace.context();
    }

    @Override
    public String name() {
        return namespace.name();
    }

    @Override
    public Parser parser() {
        return context.parser();
    }

    @Override
    public @Nullable LocalSocket socket(String id) {
        return namespace.socket(id);
    }

    @Override
    public Collection<? extends LocalSocket> connectedSockets() {
        return Collections.unmodifiableCollection(namespace.sockets());
    }

    @Override
    public long nextAckId() {
        return namespace.nextAckId();
    }

    @Override
    public void onServerSideEmit(String event, Arguments args, @Nullable Consumer<Arguments> ack) {
        namespace.serverSide().dispatch(event, args, ack);
    }

    @Override
    public EngineLoop.Timer schedule(Runnable task, Duration delay) {
        return context.schedule(task, delay);
    }

    @Override
    public long nanoTime() {
        return context.timer().nanoTime();
    }

    @Override
    public long randomBits() {
        return context.timer().randomBits();
    }

    @Override
    public @Nullable Duration recovery() {
        ConnectionStateRecovery recovery = context.options().connectionStateRecovery();
        return recovery == null ? null : recovery.maxDisconnectionDuration();
    }

    @Override
    public long maxMissedBytes() {
        return context.options().engine().maxOutboundBytes() / 4 * 3; // the rest is for other packets to the client
    }

    @Override
    public Executor executor() {
        return context::complete;
    }
}
