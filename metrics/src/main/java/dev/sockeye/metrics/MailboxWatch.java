package dev.sockeye.metrics;

import dev.sockeye.socketio.server.ClientConnection;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.core.instrument.Timer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Measures how long packets wait for handlers: once per second, a task is added to each mailbox that is not empty. There is no
 * overhead for individual messages.
 */
final class MailboxWatch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(MailboxWatch.class.getName());

    private final Supplier<Set<ClientConnection>> busy;
    private final Map<ClientConnection, Long> outstanding = new ConcurrentHashMap<>();
    private final List<Timer> timers = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sockeye-metrics");
        thread.setDaemon(true);
        return thread;
    });

    MailboxWatch(SocketIoServer io) {
        this(() -> waiting(io));
    }

    MailboxWatch(Supplier<Set<ClientConnection>> busy) {
        this.busy = busy;
        var unused = clock.scheduleWithFixedDelay(this::sample, 1, 1, TimeUnit.SECONDS);
    }

    void addTimer(Timer timer) {
        timers.add(timer);
    }

    /** The connections whose handlers have pending work. */
    static Set<ClientConnection> waiting(SocketIoServer io) {
        Set<ClientConnection> busy = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Namespace namespace : io.namespaces().values()) {
            for (Socket socket : namespace.sockets().values()) {
                if (socket.client().waiting() > 0) {
                    busy.add(socket.client());
                }
            }
        }
        return busy;
    }

    void sample() {
        try {
            busy.get().forEach(this::sample);
        } catch (Throwable e) { // otherwise the clock would not call it again
            LOG.log(Level.DEBUG, "the mailboxes could not be sampled; the next attempt is in one second", e);
        }
    }

    private void sample(ClientConnection client) {
        long start = System.nanoTime();
        if (outstanding.putIfAbsent(client, start) != null) {
            return;
        }
        try {
            client.execute(() -> {
                outstanding.remove(client);
                timers.forEach(timer -> timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS));
            });
        } catch (Throwable e) {
            outstanding.remove(client);
            throw e;
        }
    }

    /** The age in nanoseconds of the oldest waiting task. */
    double oldest() {
        long now = System.nanoTime();
        return outstanding.values().stream()
                .mapToLong(start -> now - start)
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        outstanding.clear();
    }
}
