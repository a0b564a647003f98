package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.redis.RedisLink.Doing;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Adds the entries of this server to one stream, in order and each entry exactly once, even if Redis fails. Entries whose result is
 * unknown after a lost connection are looked up by their number before they are sent again. What exceeds the limit is counted as lost.
 */
final class StreamAppender {
    private static final Logger LOG = System.getLogger(StreamAppender.class.getName());
    private static final int MOST = 50_000;
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    private static final int WINDOW = 256;
    private static final int PAGE = 500;
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Duration STUCK = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** The field that only our entries have: the sender's own number. */
    static final String NUMBER = "seq";

    private final RedisLink link;
    private final byte[] key;
    private final RedisStreamsAdapterOptions options;
    private final StreamReader reader;

    @GuardedBy("this")
    private final TreeMap<Long, StreamEntry> waiting = new TreeMap<>();

    /** Ordered entries that have not come back from the stream. */
    @GuardedBy("this")
    private final TreeMap<Long, StreamEntry> mine = new TreeMap<>();

    /** Entries to be handled here without having come back. */
    @GuardedBy("this")
    private final ArrayDeque<StreamEntry> overdue = new ArrayDeque<>(0);

    /** Whether a thread runs one of them. */
    @GuardedBy("this")
    private boolean running;

    /** Whether a thread is sending: one at a time, and without the lock, because Lettuce completes a rejected command immediately. */
    @GuardedBy("this")
    private boolean pumping;

    @GuardedBy("this")
    private int inFlight;

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private long last;

    @GuardedBy("this")
    private boolean paused;

    @GuardedBy("this")
    private boolean unsure;

    @GuardedBy("this")
    private boolean watching;

    /** One at a time until one is accepted: Redis rejects some while it loads its data; later ones must not overtake. */
    @GuardedBy("this")
    private boolean probing;

    /** Entries that Redis has accepted and that were not read here yet. */
    @GuardedBy("this")
    private final ArrayDeque<String> unread = new ArrayDeque<>();

    @GuardedBy("this")
    private long lastRead;

    @GuardedBy("this")
    private boolean looking;

    @GuardedBy("this")
    private boolean handedOver;

    @GuardedBy("this")
    private @Nullable String confirmed;

    StreamAppender(RedisLink link, String name, RedisStreamsAdapterOptions options) {
        this.link = link;
        this.key = RedisLink.bytes(name);
        this.options = options;
        this.reader = new StreamReader(link, key, options);
        link.onOpening.add(this::opening);
        link.onConnected(this::pumpSoon);
        link.onDisconnected(this::disconnected);
    }

    /** The link is opened, perhaps again: it has dropped the timers of the time before. */
    private synchronized void opening() {
        paused = watching = looking = false;
    }

    StreamReader reader() {
        return reader;
    }

    byte[] key() {
        return key;
    }

    /** Entries that Redis was not yet asked to add. */
    synchronized int unsent() {
        return waiting.size();
    }

    /** Entries that Redis has not confirmed. */
    synchronized int queued() {
        return waiting.size() + inFlight;
    }

    /** Adds an entry; {@code ordered}: it is handled here when it comes back from the stream, otherwise immediately. */
    void add(Map<String, String> content, boolean ordered, Consumer<@Nullable String> local) {
        int size = 100;
        List<byte[]> fields = new ArrayList<>(10);
        for (Map.Entry<String, String> field : content.entrySet()) {
            byte[] value = RedisLink.bytes(field.getValue());
            size += value.length;
            fields.add(RedisLink.bytes(field.getKey()));
            fields.add(value);
        }
        StreamEntry entry;
        boolean full;
        synchronized (this) {
            long number = ++last;
            fields.add(RedisLink.bytes(NUMBER));
            fields.add(RedisLink.bytes(Long.toString(number)));
            entry = new StreamEntry(content.get("uid"), number, fields, local, size);
            full = waiting.size() >= MOST || bytes + size > MOST_BYTES;
            if (!full) {
                bytes += size;
                waiting.put(number, entry);
                if (ordered) {
                    entry.expected = true;
                    mine.put(number, entry);
                    watch();
                }
            }
        }
        if (full) {
            link.problems().countLost(1);
            runAll();
            entry.run(null);
            return;
        }
        if (!ordered) {
            entry.run(null);
        } else if (link.stalled() || reader.lastId() == null) {
            runAll(); // entries added before the reader starts do not come back to it
        }
        pumpSoon();
    }

    /** An entry of this server has come back; {@code null} if it was already handled. */
    synchronized @Nullable StreamEntry returned(String number) {
        StreamEntry entry;
        try {
            entry = mine.remove(Long.valueOf(number));
        } catch (NumberFormatException e) {
            return null;
        }
        if (entry != null) {
            cameBack(entry);
        }
        return entry;
    }

    @GuardedBy("this")
    private void cameBack(StreamEntry entry) {
        entry.expected = false;
        forget(entry);
    }

    @GuardedBy("this")
    private void confirmed(StreamEntry entry) {
        entry.queued = false;
        entry.fields = StreamEntry.NOTHING;
        forget(entry);
    }

    @GuardedBy("this")
    private void forget(StreamEntry entry) {
        if (!entry.queued && !entry.expected) {
            bytes -= entry.size;
        }
    }

    /** Bytes of the entries that Redis has not confirmed, or that have not come back. */
    synchronized long bytes() {
        return bytes;
    }

    private void disconnected() {
        synchronized (this) {
            probing = true;
        }
        runAll();
    }

    /** Redis is unavailable: the sockets of this server do not wait for it. One thread at a time, to keep the order. */
    private void runAll() {
        synchronized (this) {
            for (StreamEntry entry : mine.values()) {
                cameBack(entry);
            }
            overdue.addAll(mine.values());
            mine.clear();
        }
        for (StreamEntry entry = nextOverdue(); entry != null; entry = nextOverdue()) {
            try {
                entry.run(null);
            } catch (RuntimeException | Error e) { // the next entries must still be applied
                LOG.log(Level.WARNING, RedisLog.LOCAL_ENTRY_FAILED.text("an entry failed on this server"), e);
            } finally {
                synchronized (this) {
                    running = false;
                }
            }
        }
    }

    private synchronized @Nullable StreamEntry nextOverdue() {
        if (running) {
            return null;
        }
        StreamEntry next = overdue.poll();
        running = next != null;
        return next;
    }

    /** Checks periodically whether Redis still answers while entries are pending. */
    @GuardedBy("this")
    private void watch() {
        if (!watching) {
            watching = true;
            link.later(Duration.ofMillis(500), () -> {
                boolean slow = link.stalled();
                synchronized (this) {
                    watching = false;
                    if (!mine.isEmpty() && !slow) {
                        watch();
                    }
                }
                if (slow) {
                    runAll();
                }
            });
        }
    }

    /** Sends what waits in one task of the event loop, so that it is written together. */
    private void pumpSoon() {
        synchronized (this) {
            if (handedOver || waiting.isEmpty()) {
                return;
            }
            handedOver = true;
        }
        link.inLoop(() -> {
            synchronized (this) {
                handedOver = false;
            }
            pump();
        });
    }

    private void pump() {
        synchronized (this) {
            if (pumping) {
                return; // that thread checks again before it ends
            }
            pumping = true;
        }
        boolean more = true;
        while (more) {
            Runnable step;
            synchronized (this) {
                step = next();
                more = step != null;
                pumping = more;
            }
            if (step != null) {
                try {
                    step.run();
                } catch (RuntimeException | Error e) {
                    synchronized (this) {
                        pumping = false;
                    }
                    throw e;
                }
            }
        }
    }

    /** The next entries to send to Redis; {@code null} for none. */
    @GuardedBy("this")
    private @Nullable Runnable next() {
        if (paused || waiting.isEmpty() || !link.connected()) {
            return null;
        }
        if (unsure) {
            if (inFlight > 0) {
                return null;
            }
            paused = true;
            String from = confirmed == null ? reader.startId() : confirmed;
            Set<String> missing = waiting.values().stream()
                    .filter(entry -> entry.unsure)
                    .map(entry -> entry.key)
                    .collect(Collectors.toCollection(HashSet::new));
            return () -> lookUp(from, null, missing);
        }
        if (inFlight >= (probing ? 1 : WINDOW) || isAhead()) {
            return null;
        }
        StreamEntry entry = waiting.pollFirstEntry().getValue();
        inFlight++;
        return () -> send(entry);
    }

    /** Whether more entries now could push unread ones out of the stream. Not for long if nothing is read at all. */
    @GuardedBy("this")
    private boolean isAhead() {
        String read = reader.lastId();
        for (String next = unread.peek(); next != null; next = unread.peek()) {
            if (read != null && StreamIds.compare(next, read) > 0) {
                break;
            }
            unread.poll();
            lastRead = link.nanoTime();
        }
        if (unread.size() + inFlight < Math.max(1, options.maxLen() / 16)) {
            return false;
        }
        if (link.nanoTime() - lastRead > STUCK.toNanos()) {
            unread.clear();
            return false;
        }
        if (!looking) {
            looking = true;
            link.later(LOOK, () -> {
                synchronized (this) {
                    looking = false;
                }
                pumpSoon();
            });
        }
        return true;
    }

    private void send(StreamEntry entry) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null) {
            done(entry, null, new IllegalStateException("closed"));
            return;
        }
        if (isTakenBack(entry)) {
            return;
        }
        CompletableFuture<String> added;
        try {
            added = link.track(
                    redis.xadd(key, new XAddArgs().maxlen(options.maxLen()).approximateTrimming(), entry.fields), 0);
        } catch (RuntimeException e) {
            done(entry, null, e);
            return;
        }
        var unused = added.whenComplete((id, error) -> {
            done(entry, id, error);
            if (error == null) {
                pumpSoon();
            } else if (link.stalled(error)) {
                runAll();
            }
        });
    }

    /** Whether an earlier entry has failed since this one was chosen: it waits too, as the connection may be back already. */
    private synchronized boolean isTakenBack(StreamEntry entry) {
        if (paused) {
            inFlight--;
            waiting.put(entry.number, entry);
        }
        return paused;
    }

    private synchronized void done(StreamEntry entry, @Nullable String id, @Nullable Throwable error) {
        inFlight--;
        if (error == null) {
            confirmed(entry);
            confirmed = id;
            probing = false;
            if (id != null) {
                if (unread.isEmpty()) {
                    lastRead = link.nanoTime();
                }
                unread.add(id);
                if (unread.size() > options.maxLen()) {
                    unread.poll();
                }
            }
            link.problems().accepted(Doing.STREAM);
            return;
        }
        probing = true;
        if (!link.problems().isRefusal(Doing.STREAM, error)) {
            entry.unsure = true;
            unsure = true;
        }
        waiting.put(entry.number, entry);
        if (!paused) {
            paused = true;
            link.later(PAUSE, this::resume);
        }
    }

    private void resume() {
        synchronized (this) {
            if (inFlight > 0) {
                link.later(PAUSE, this::resume);
                return;
            }
            paused = false;
        }
        pumpSoon();
    }

    /**
     * Determines which entries had been added when the connection was lost. Reads backwards from {@code to}, or from the newest entry:
     * so it ends, however many entries others add meanwhile.
     */
    private void lookUp(String from, @Nullable String to, Set<String> missing) {
        var unused = page(from, to).whenComplete((entries, error) -> {
            if (error != null) {
                link.later(PAUSE, this::resume);
                return;
            }
            for (StreamMessage<byte[], byte[]> entry : entries) {
                Map<String, String> fields = StreamReader.fields(entry);
                missing.remove(StreamEntry.key(fields.get("uid"), fields.get(NUMBER)));
            }
            if (entries.size() == PAGE && !missing.isEmpty()) {
                lookUp(from, StreamIds.before(entries.get(entries.size() - 1).getId()), missing);
                return;
            }
            synchronized (this) {
                Iterator<StreamEntry> all = waiting.values().iterator();
                while (all.hasNext()) {
                    StreamEntry entry = all.next();
                    if (entry.unsure && !missing.contains(entry.key)) {
                        confirmed(entry);
                        all.remove();
                    }
                    entry.unsure = false;
                }
                unsure = false;
            }
            link.later(Duration.ZERO, this::resume);
        });
    }

    private CompletableFuture<List<StreamMessage<byte[], byte[]>>> page(String from, @Nullable String to) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        Range.Boundary<String> lower = Range.Boundary.including(StreamIds.next(from));
        Range.Boundary<String> upper = to == null ? Range.Boundary.unbounded() : Range.Boundary.including(to);
        try {
            return redis == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("closed"))
                    : link.track(redis.xrevrange(key, Range.from(lower, upper), Limit.from(PAGE)), 0);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
