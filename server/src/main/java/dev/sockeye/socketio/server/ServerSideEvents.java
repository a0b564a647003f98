package dev.sockeye.socketio.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of a namespace for events of other servers. Events wait in one queue and their listeners run one at a time, in
 * batches, on the handler executor. What does not fit into the queue is dropped and logged. An executor without room is asked
 * again; events are dropped when it has been shut down.
 */
final class ServerSideEvents {
    private static final Logger LOG = System.getLogger(ServerSideEvents.class.getName());
    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    /** Events that may wait without being measured, as measuring means encoding. */
    private static final int FEW = 16;

    private static final int BATCH = 64;
    private static final Duration RETRY = Duration.ofMillis(10);

    private record Call(String event, List<RawHandler> handlers, Arguments args, Ack ack, long size) {}

    private final Namespace namespace;
    private final Map<String, List<RawHandler>> handlers = new ConcurrentHashMap<>(4);

    @GuardedBy("this")
    private final ArrayDeque<Call> waiting = new ArrayDeque<>(0);

    @GuardedBy("this")
    private long bytes;

    /** Whether a batch runs or is going to. */
    @GuardedBy("this")
    private boolean scheduled;

    @GuardedBy("this")
    private long dropped;

    ServerSideEvents(Namespace namespace) {
        this.namespace = namespace;
    }

    void add(String event, RawHandler handler) {
        handlers.computeIfAbsent(event, name -> new CopyOnWriteArrayList<>()).add(handler);
    }

    void dispatch(String event, Arguments args, @Nullable Consumer<Arguments> answer) {
        List<RawHandler> found = handlers.get(event);
        if (found == null) {
            return;
        }
        long size = waitingCount() < FEW ? 0 : size(event, args);
        long lost = 0;
        synchronized (this) {
            if (waiting.size() >= MOST || bytes + size > MOST_BYTES) {
                lost = ++dropped;
            } else {
                waiting.add(new Call(event, found, args, new ServerSideAck(answer), size));
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
                    "listeners of server-side events of " + namespace + " are too slow; events dropped: " + lost);
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
        Executor executor = namespace.server().executor();
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
                namespace.server().schedule(this::schedule, RETRY);
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
            run(call);
        }
        schedule();
    }

    private static void run(Call call) {
        for (RawHandler handler : call.handlers) {
            try {
                handler.handle(call.args, call.ack);
            } catch (Throwable e) {
                LOG.log(Level.WARNING, "a listener of server-side event \"" + call.event + "\" failed", e);
            }
        }
    }
}
