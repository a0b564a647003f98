package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The requests of this server that wait for answers of other servers. Thread-safe. */
final class ClusterRequests {

    /** A broadcast with pending acknowledgements. */
    record Acks(IntConsumer clientCount, Consumer<Arguments> ack) {}

    /**
     * A request that expects one answer from each other server: from each one that is known by name, or from a number of
     * servers if the broker counts them. Answers of further servers are added to the results.
     */
    final class Request<T> {
        private final String id;
        private final List<T> results;
        private final Set<String> answered = new HashSet<>();
        private final CompletableFuture<List<T>> future = new CompletableFuture<>();
        private final boolean fetches;

        /** The servers that have not answered; {@code null} if the broker counts the servers. */
        private final @Nullable Set<String> awaited;

        private final long sent = namespace.nanoTime();
        private int count;
        private int expected;
        private boolean anonymous;
        private EngineLoop.@Nullable Timer timer;

        Request(String id, boolean fetches, int expected, @Nullable Set<String> awaited, List<T> own) {
            this.id = id;
            this.fetches = fetches;
            this.expected = expected;
            this.awaited = awaited;
            this.results = new ArrayList<>(own);
        }

        CompletableFuture<List<T>> future() {
            return future;
        }

        /**
         * Adds an answer. A second answer of the same server is ignored. Answers without a server id are always
         * counted.
         */
        private void answer(String uid, List<T> more) {
            synchronized (this) {
                if (!uid.isEmpty() && !answered.add(uid)) {
                    return;
                }
                anonymous |= uid.isEmpty();
                if (awaited == null || awaited.remove(uid)) {
                    count++;
                }
                results.addAll(more);
            }
            check();
        }

        private void gone(String uid) {
            synchronized (this) {
                if (awaited == null ? !answered.add(uid) : !awaited.remove(uid)) {
                    return;
                }
                expected--;
            }
            check();
        }

        private void check() {
            List<T> all;
            @Nullable Set<String> servers;
            synchronized (this) {
                if (count < expected) {
                    return;
                }
                all = new ArrayList<>(results);
                servers = awaited != null || anonymous ? null : new HashSet<>(answered);
            }
            if (pending.remove(id, this)) {
                if (servers != null) {
                    nodes.keepOnly(servers, sent); // the broker has counted them, and sends no heartbeats
                }
                stopTimer();
                namespace.executor().execute(() -> future.complete(all));
            }
        }

        private void onTimeout() {
            if (pending.remove(id, this)) {
                ClusterTimeoutException error = error();
                namespace.executor().execute(() -> future.completeExceptionally(error));
            }
        }

        @SuppressWarnings("unchecked") // the list has the type of the request
        private synchronized ClusterTimeoutException error() {
            Set<String> missing = awaited == null
                    ? nodes.missing(answered, Math.max(0, expected - count))
                    : new LinkedHashSet<>(awaited);
            return fetches
                    ? new ClusterTimeoutException(count, expected, missing, (List<SocketDetails>) results, List.of())
                    : new ClusterTimeoutException(count, expected, missing, List.of(), (List<Arguments>) results);
        }

        private synchronized void stopTimer() {
            if (timer != null) {
                timer.cancel();
            }
        }
    }

    private final AdapterNamespace namespace;
    private final ClusterNodes nodes;
    private final BooleanSupplier counted;
    private final Map<String, Request<?>> pending = new ConcurrentHashMap<>();
    private final Map<String, Acks> acks = new ConcurrentHashMap<>();

    /** @param counted whether the broker counts the servers */
    ClusterRequests(AdapterNamespace namespace, ClusterNodes nodes, BooleanSupplier counted) {
        this.namespace = namespace;
        this.nodes = nodes;
        this.counted = counted;
    }

    /**
     * Registers a request that the given number of servers will answer, or all known servers if the broker does not count them; call
     * this before sending it.
     */
    <T> Request<T> expect(String id, boolean fetches, int expected, List<T> own, Duration timeout) {
        return counted.getAsBoolean()
                ? register(new Request<>(id, fetches, expected, null, own), timeout)
                : expectAllKnown(id, fetches, own, timeout);
    }

    private <T> Request<T> expectAllKnown(String id, boolean fetches, List<T> own, Duration timeout) {
        Set<String> known = nodes.names();
        Request<T> request =
                register(new Request<>(id, fetches, known.size(), new LinkedHashSet<>(known), own), timeout);
        known.stream().filter(uid -> !nodes.isKnown(uid)).forEach(request::gone); // left before it was registered
        request.check();
        return request;
    }

    private <T> Request<T> register(Request<T> request, Duration timeout) {
        pending.put(request.id, request);
        synchronized (request) {
            request.timer = namespace.schedule(request::onTimeout, timeout);
        }
        return request;
    }

    void expectAcks(String id, Acks waiting) {
        acks.put(id, waiting);
    }

    /** Nobody waits for the answers any more, or the request could not be sent. */
    void forget(String id) {
        acks.remove(id);
        Request<?> request = pending.remove(id);
        if (request != null) {
            request.stopTimer();
        }
    }

    /** Sends a request; what was registered for it is removed if the transport throws. */
    static void guarded(Runnable undo, Runnable send) {
        try {
            send.run();
        } catch (RuntimeException | Error e) {
            undo.run();
            throw e;
        }
    }

    void guarded(String id, Runnable send) {
        guarded(() -> forget(id), send);
    }

    @Nullable
    Acks acks(String id) {
        return acks.get(id);
    }

    @SuppressWarnings("unchecked") // checked by the type of the request
    void onSockets(String id, String uid, List<SocketDetails> sockets) {
        Request<?> request = pending.get(id);
        if (request != null && request.fetches) {
            ((Request<SocketDetails>) request).answer(uid, sockets);
        }
    }

    @SuppressWarnings("unchecked") // checked by the type of the request
    void onAnswer(String id, String uid, Arguments answer) {
        Request<?> request = pending.get(id);
        if (request != null && !request.fetches) {
            ((Request<Arguments>) request).answer(uid, List.of(answer));
        }
    }

    /** A server has left: its pending answers are no longer expected. */
    void gone(String uid) {
        pending.values().forEach(request -> request.gone(uid));
    }

    /** Ends all requests, as if their timeouts had expired. */
    void close() {
        pending.values().forEach(request -> {
            request.stopTimer();
            request.onTimeout();
        });
        acks.clear();
    }

    int size() {
        return pending.size() + acks.size();
    }
}
