package dev.sockeye.redis;

import dev.sockeye.redis.RedisLink.Doing;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import io.lettuce.core.RedisCommandExecutionException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What does not work at present, for the health and the log, and what was lost. Thread-safe. */
final class RedisProblems {
    private static final Logger LOG = System.getLogger(RedisLink.class.getName());

    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable String problem;
    private volatile @Nullable String deafness;
    private volatile boolean deafnessLogged;
    private final Map<Doing, String> refusals = new ConcurrentHashMap<>();
    private long lostBefore;

    void unreachable(String what) {
        if (problem == null) {
            lostBefore = lost.get();
            String text = what + "; other servers are not reached, sockets of this server are served";
            LOG.log(Level.WARNING, RedisLog.UNREACHABLE.text(text));
        }
        problem = what;
    }

    void reachable() {
        if (problem != null) {
            problem = null;
            String text = "Redis is available again; messages for other servers lost meanwhile: ";
            LOG.log(Level.INFO, RedisLog.AVAILABLE_AGAIN.text(text + (lost.get() - lostBefore)));
        }
    }

    boolean isUnreachable() {
        return problem != null;
    }

    /** Only the connection for subscriptions is lost: messages can be sent, but those of other servers are missed. */
    void deaf(String what) {
        deafness = what;
    }

    boolean isDeaf() {
        return deafness != null;
    }

    /** Logs it if it lasts: usually the other connection is lost too, or the connection returns at once. */
    void logDeafness() {
        String now = deafness;
        if (now != null && problem == null && !deafnessLogged) {
            deafnessLogged = true;
            LOG.log(Level.WARNING, RedisLog.UNREACHABLE.text(now + "; messages of other servers are missed"));
        }
    }

    void hearing() {
        deafness = null;
        if (deafnessLogged) {
            deafnessLogged = false;
            LOG.log(Level.INFO, RedisLog.AVAILABLE_AGAIN.text("messages of other servers are received again"));
        }
    }

    /** The link is opened again, with other connections. */
    void opening() {
        deafness = null;
        deafnessLogged = false;
    }

    /** Whether Redis has refused this kind of operation; reset when it accepts it again. */
    boolean isRefusal(Doing what, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (!(cause instanceof RedisCommandExecutionException refused)) {
            return false;
        }
        if (refusals.put(what, "Redis refuses commands: " + refused.getMessage()) == null && refusals.size() == 1) {
            String text = "Redis refuses commands; sockets of this server are still served, but other servers are not"
                    + " reached: ";
            LOG.log(Level.WARNING, RedisLog.COMMANDS_REFUSED.text(text + refused.getMessage()));
        }
        return true;
    }

    boolean isStreamRefused() {
        return refusals.containsKey(Doing.STREAM);
    }

    private @Nullable String refusal() {
        if (refusals.isEmpty()) {
            return null;
        }
        for (Doing what : Doing.values()) {
            String text = refusals.get(what);
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    /** Redis has accepted this kind of operation. */
    void accepted(Doing what) {
        if (!refusals.isEmpty()) {
            refusals.remove(what);
        }
    }

    /** Counts messages for other servers that are dropped. */
    void countLost(int number) {
        lost.addAndGet(number);
    }

    /** Counts a malformed message of another server. */
    void countRefused(String what) {
        if (refused.getAndIncrement() == 0) {
            String text = "a malformed message in Redis was ignored; further ones are only counted: " + what;
            LOG.log(Level.WARNING, RedisLog.MALFORMED_MESSAGE.text(text));
        }
    }

    /**
     * @param open whether commands are accepted, asked before this call: the problem is noted later than the connection is lost
     * @param unanswered whether commands are not answered
     * @param waiting the number of messages that wait
     */
    ClusterHealth health(boolean open, boolean unanswered, int waiting) {
        String now = problem;
        if (now == null && !open) {
            now = "Redis is not connected";
        }
        if (now == null) {
            now = deafness;
        }
        if (now == null) {
            now = refusal();
        }
        if (now == null && unanswered) {
            now = "Redis does not answer";
        }
        return new ClusterHealth(open && now == null, now, waiting, lost.get(), refused.get());
    }
}
