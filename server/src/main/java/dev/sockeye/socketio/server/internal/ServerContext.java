package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.runtime.ByteBudget;
import dev.sockeye.runtime.MailboxExecutor;
import dev.sockeye.runtime.MailboxLimits;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.SessionAwareAdapter;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import dev.sockeye.socketio.server.ServerTimer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The state shared by the parts of a server: options, parser, timer, executors, byte budget, adapters and observers.
 * Parts receive this object instead of the server, so that they cannot call the public API. Thread-safe.
 */
final class ServerContext {
    private final SocketIoServerOptions options;
    private final Parser parser;
    private final ServerTimer timer;
    private final Facades facades;
    private final ByteBudget inboundTotal;
    private final HandlerThreads threads;
    private final ServerObservers observers;
    private final RateLimiter rateLimiter;
    private final JoinGate joins = new JoinGate();

    ServerContext(SocketIoServerOptions options, Facades facades) {
        this.options = options;
        this.parser = options.parser();
        this.timer = options.timer();
        this.facades = facades;
        this.inboundTotal = new ByteBudget(options.maxTotalInboundBytes());
        this.threads = new HandlerThreads(
                options.execution(),
                timer,
                new MailboxLimits(options.mailboxCapacity(), options.maxInboundBytes(), inboundTotal));
        this.observers = new ServerObservers(timer);
        this.rateLimiter = new RateLimiter(options.rateLimits(), timer);
    }

    SocketIoServerOptions options() {
        return options;
    }

    Parser parser() {
        return parser;
    }

    EncodedPacket encode(SocketPacket packet) {
        return parser.encode(packet);
    }

    ServerTimer timer() {
        return timer;
    }

    EngineLoop.Timer schedule(Runnable task, Duration delay) {
        return timer.schedule(task, delay);
    }

    /** Creates the objects that the application sees. */
    Facades facades() {
        return facades;
    }

    /** The bytes of packets that wait for handlers, or for their attachments, of all clients. */
    ByteBudget inboundTotal() {
        return inboundTotal;
    }

    HandlerThreads threads() {
        return threads;
    }

    /** Runs handlers, and completes futures, that belong to no connection. */
    Executor executor() {
        return threads.executor();
    }

    /** Runs a task of the application off the I/O threads. */
    void complete(Runnable task) {
        threads.executor().execute(task);
    }

    /** Completes futures of the application that belong to a session on this loop. */
    Executor executorFor(EngineLoop loop) {
        return threads.executorFor(loop);
    }

    MailboxExecutor mailboxExecutor(EngineLoop loop) {
        return threads.mailboxExecutor(loop);
    }

    ServerObservers observers() {
        return observers;
    }

    RateLimiter rateLimiter() {
        return rateLimiter;
    }

    JoinGate joins() {
        return joins;
    }

    /** The adapter set in the options, or an in-memory adapter. */
    AdapterFactory adapters() {
        AdapterFactory given = options.adapter();
        ConnectionStateRecovery recovery = options.connectionStateRecovery();
        if (given != null) {
            return given;
        }
        if (recovery == null) {
            return InMemoryAdapter::new;
        }
        // an event older than this before a disconnection has reached the client, or the heartbeat would have failed
        var unsure = options.engine().pingInterval().plus(options.engine().pingTimeout());
        var bounds = new SessionAwareAdapter.Bounds(
                recovery.maxDisconnectionDuration(),
                unsure,
                recovery.maxPacketsPerRoom(),
                recovery.maxPackets(),
                recovery.maxBytes(),
                recovery.maxSessions());
        return namespace -> new SessionAwareAdapter(namespace, bounds);
    }
}
