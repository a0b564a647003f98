package dev.sockeye.metrics;

import dev.sockeye.socketio.server.ClientConnection;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.core.instrument.Timer;
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

/**
 * Measures how long packets wait for handlers: once per second, a task is added to each mailbox that is not empty. There is no
 * overhead for individual messages.
 */
final class MailboxWatch implements AutoCloseable {
    private final SocketIoServer io;
    private final Map<ClientConnection, Long> outstanding = new ConcurrentHashMap<>();
    private final List<Timer> timers = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sockeye-metrics");
        thread.setDaemon(true);
        return thread;
    });

    MailboxWatch(SocketIoServer io) {
        this.io = io;
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

    private void sample() {
        for (ClientConnection client : waiting(io)) {
            long start = System.nanoTime();
            if (outstanding.putIfAbsent(client, start) == null) {
                client.execute(() -> {
                    outstanding.remove(client);
                    timers.forEach(timer -> timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS));
                });
            }
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
