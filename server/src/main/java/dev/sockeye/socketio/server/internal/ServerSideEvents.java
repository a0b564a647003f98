package dev.sockeye.socketio.server.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.runtime.EventHandlers;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.HandlerErrors;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of a namespace for events of other servers. Events wait in one queue, and their handlers run one at a time, in
 * batches, on the handler executor. Events that exceed the queue are dropped and logged. If the executor rejects a batch it is offered again;
 * after a shutdown of the executor events are dropped.
 */
final class ServerSideEvents implements HandlerErrors {
    private static final Logger LOG = System.getLogger(ServerSideEvents.class.getName());
    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    /** The number of events that may wait without their size being measured, because measuring requires encoding. */
    private static final int FEW = 16;

    private static final int BATCH = 64;
    private static final Duration RETRY = Duration.ofMillis(10);

    private record Call(String event, Arguments args, Ack ack, long size) {}

    private final NamespaceCore namespace;
    private final EventHandlers handlers = new EventHandlers();

    @GuardedBy("this")
    private final ArrayDeque<Call> waiting = new ArrayDeque<>(0);

    @GuardedBy("this")
    private long bytes;

    /** Whether a batch runs or is scheduled. */
    @GuardedBy("this")
    private boolean scheduled;

    @GuardedBy("this")
    private long dropped;

    ServerSideEvents(NamespaceCore namespace) {
        this.namespace = namespace;
    }

    Registration add(String event, RawHandler handler) {
        return handlers.add(event, handler, false, false);
    }

    void dispatch(String event, Arguments args, @Nullable Consumer<Arguments> answer) {
        if (!handlers.has(event)) {
            return;
        }
        long size = waitingCount() < FEW ? 0 : size(event, args);
        long lost = 0;
        synchronized (this) {
            if (waiting.size() >= MOST || bytes + size > MOST_BYTES) {
                lost = ++dropped;
            } else {
                waiting.add(new Call(event, args, new ServerSideAck(answer), size));
                bytes += size;
                if (scheduled) {
                    return;
                }
                scheduled = true;
            }
        }
        if (lost == 0) {
            schedule();
        } else if (Long.bitCount(lost) == 1) {
            LOG.log(
                    Level.WARNING,
                    ServerLog.SERVER_SIDE_EVENTS_DROPPED.text("listeners of server-side events of " + namespace
                            + " are too slow; events dropped: " + lost));
        }
    }

    private synchronized int waitingCount() {
        return waiting.size();
    }

    private long size(String event, Arguments args) {
        try {
            return namespace
                    .encode(new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, event, args))
                    .size();
        } catch (BindingException e) {
            return 0;
        }
    }

    private void schedule() {
        Executor executor = namespace.context().executor();
        try {
            executor.execute(this::runBatch);
        } catch (RejectedExecutionException e) {
            if (executor instanceof ExecutorService service && service.isShutdown()) {
                synchronized (this) {
                    waiting.clear();
                    bytes = 0;
                    scheduled = false;
                }
                LOG.log(Level.DEBUG, "server-side events are dropped: the executor has been shut down");
            } else {
                namespace.context().schedule(this::schedule, RETRY);
            }
        }
    }

    private void runBatch() {
        for (int i = 0; i < BATCH; i++) {
            Call call;
            synchronized (this) {
                call = waiting.poll();
                if (call == null) {
                    scheduled = false;
                    return;
                }
                bytes -= call.size;
            }
            try {
                handlers.call(call.event, call.args, call.ack, this);
            } catch (Throwable e) { // the answer cannot be sent; the following events must still be handled
                failed(call.event, e);
            }
        }
        schedule();
    }

    @Override
    public void unbound(String event, BindingException error) {
        LOG.log(
                Level.WARNING,
                ServerLog.SERVER_SIDE_PAYLOAD_DOES_NOT_FIT.text(
                        "server-side event \"" + event + "\" not handled: " + error.getMessage()));
    }

    @Override
    public void failed(String event, Throwable error) {
        LOG.log(
                Level.WARNING,
                ServerLog.SERVER_SIDE_HANDLER_FAILED.text("a handler of server-side event \"" + event + "\" failed"),
                error);
    }
}
