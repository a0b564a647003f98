package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a session from the broker for one client, and asks again while another server is taking it.
 *
 * <p>Usually the other server stores some milliseconds later that it holds the session: a client may move on as soon as it is back.
 * A server that is killed while it takes a session would keep it until the session expires. So a server that has been taking it for
 * {@link #LEASE} without {@linkplain #keep confirming} it is considered dead, and the session is taken from it. A server that is only
 * slow does not admit its client any more when the lease is about to end. If it is stopped just then, its first write of the session is
 * refused, and its client is disconnected.
 */
final class SessionTake {
    /** How long a server may be taking a session. The others measure it from when they have seen it, which is later. */
    static final Duration LEASE = Duration.ofSeconds(10);

    /** How long other servers are asked. */
    static final Duration LONGEST = Duration.ofSeconds(13);

    /** How long before the end of the lease the client is no longer admitted. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** From then on, the lease is confirmed before the client is admitted. */
    private static final Duration EARLY = Duration.ofSeconds(4);

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LONG_PAUSE = Duration.ofMillis(250);
    private static final int SHORT_PAUSES = 15;

    private final AdapterNamespace namespace;
    private final ClusterTransport transport;
    private final String pid;
    private final BooleanSupplier over;

    /** When the session was asked for, or confirmed. */
    private volatile long asked;

    // used by one attempt after the other

    private String taker = "";
    private long since;
    private long began;
    private int attempts;

    /** @param over whether the session is no longer wanted: its client may have recovered it on another server by now */
    SessionTake(AdapterNamespace namespace, ClusterTransport transport, String pid, BooleanSupplier over) {
        this.namespace = namespace;
        this.transport = transport;
        this.pid = pid;
        this.over = over;
    }

    /** The session; {@code null} if there is none, or another server is taking it and does not end. */
    CompletableFuture<@Nullable Session> run() {
        if (over.getAsBoolean()) {
            return CompletableFuture.completedFuture(null);
        }
        long now = namespace.nanoTime();
        asked = now;
        began = attempts++ == 0 ? now : began;
        boolean dead = !taker.isEmpty() && now - since >= LEASE.toNanos();
        CompletableFuture<@Nullable Session> taken =
                dead ? transport.takeSession(pid, taker) : transport.takeSession(pid);
        return taken.exceptionallyCompose(error -> {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return cause instanceof SessionBusyException busy ? again(busy) : CompletableFuture.failedFuture(error);
        });
    }

    private CompletableFuture<@Nullable Session> again(SessionBusyException busy) {
        long now = namespace.nanoTime();
        if (!busy.taker().equals(taker)) {
            taker = busy.taker();
            since = now;
        }
        if (now - began >= LONGEST.toNanos()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<@Nullable Void> pause = new CompletableFuture<>();
        namespace.schedule(() -> pause.complete(null), attempts < SHORT_PAUSES ? PAUSE : LONG_PAUSE);
        return pause.thenCompose(passed -> run());
    }

    /** Confirms that this server is still taking the session, if that has lasted long; completes with false if it has lost it. */
    CompletableFuture<Boolean> keep(Session session) {
        long now = namespace.nanoTime();
        if (now - asked < EARLY.toNanos()) {
            return CompletableFuture.completedFuture(true);
        }
        return transport.keepSession(session).thenApply(kept -> {
            asked = kept ? now : asked;
            return kept;
        });
    }

    /** Whether another server may take the session soon. */
    boolean isExpired() {
        return namespace.nanoTime() - asked >= LEASE.minus(MARGIN).toNanos();
    }
}
