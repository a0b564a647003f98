package dev.sockeye.redis;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Opens the connections again while they are open and of no use: Redis does not answer, or has become a replica. Without an answer, the
 * operating system keeps a connection to a machine that is gone for a quarter of an hour, and one to a process that hangs forever.
 */
final class RedisRenewal {
    /** How long Redis may not answer. */
    static final Duration SILENCE = Duration.ofSeconds(10);

    private static final Duration CHECK = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration MOST_RETRY = Duration.ofSeconds(5);
    private static final Duration TOGETHER = Duration.ofMinutes(1);

    /** What it needs of its link. */
    interface Owner {
        /** The connections; {@code null} if the link is closed. */
        @Nullable
        RedisConnections wires();

        long nanoTime();

        /** For how many nanoseconds no command was answered. */
        long silence();

        /** Runs something later, unless the link is closed. */
        void later(Duration delay, Runnable task);
    }

    private final Owner link;
    private final Duration silence;
    private final Duration pause;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean reconnecting = new AtomicBoolean();

    /** The reconnections in succession, and when the last one was requested; accessed only by the thread that sets {@link #reconnecting}. */
    private int reconnections = -1;

    private long reconnectedAt;

    RedisRenewal(Owner link, Duration silence) {
        this.link = link;
        this.silence = silence;
        this.pause = silence.compareTo(CHECK) < 0 ? silence : CHECK;
    }

    /** The link is opened, perhaps again: it has dropped the timers of the time before. */
    void opening() {
        reconnecting.set(false);
    }

    /** A connection was opened. */
    void opened(Channel channel) {
        channels.removeIf(one -> !one.isOpen());
        channels.add(channel);
    }

    /** Checks periodically whether Redis answers. */
    void watch(RedisConnections opened) {
        long now = link.nanoTime();
        check(opened, CompletableFuture.completedFuture(null), now, now);
    }

    /** @param due when this check was to run */
    private void check(RedisConnections opened, CompletableFuture<?> asked, long askedAt, long due) {
        if (link.wires() != opened) {
            return;
        }
        long now = link.nanoTime();
        CompletableFuture<?> next = asked;
        long since = askedAt;
        if (asked.isDone()) {
            next = ask(opened);
            since = now;
        } else if (now - due > pause.toNanos()) {
            since = now; // this process was suspended, and the answer waits in the connection, with messages of other
            // servers
        } else if (now - askedAt > silence.toNanos() && link.silence() > silence.toNanos()) {
            for (Channel channel : channels) {
                var unused = channel.close();
            }
        }
        CompletableFuture<?> waiting = next;
        long from = since;
        link.later(pause, () -> check(opened, waiting, from, now + pause.toNanos()));
    }

    private static CompletableFuture<?> ask(RedisConnections opened) {
        try {
            return opened.probe();
        } catch (RuntimeException e) { // not connected
            return CompletableFuture.completedFuture(null);
        }
    }

    /**
     * The server has become a replica, and keeps its connections. The address may lead to the new master. If not, this is repeated
     * after longer and longer pauses: each time the subscriptions are interrupted.
     */
    void reconnectSoon() {
        if (reconnecting.compareAndSet(false, true)) {
            long now = link.nanoTime();
            reconnections = now - reconnectedAt > TOGETHER.toNanos() ? 0 : reconnections + 1;
            reconnectedAt = now;
            Duration retry = RETRY.multipliedBy(1L << Math.min(reconnections, 10));
            link.later(retry.compareTo(MOST_RETRY) < 0 ? retry : MOST_RETRY, () -> {
                reconnecting.set(false);
                RedisConnections opened = link.wires();
                if (opened != null) {
                    opened.reconnect();
                }
            });
        }
    }
}
