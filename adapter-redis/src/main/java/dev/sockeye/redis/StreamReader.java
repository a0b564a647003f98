package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one stream on a separate connection, for all of its namespaces, starting after the last entry at the time of
 * the start; after a failure it continues where it stopped.
 *
 * <p>States: closed, opening, reading.
 */
final class StreamReader {
    private static final Logger LOG = System.getLogger(RedisStreamsAdapter.class.getName());
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final long GRACE_SECONDS = 10;

    private static final Duration VERIFY = Duration.ofSeconds(4);

    private final RedisLink link;
    private final byte[] key;
    private final RedisStreamsAdapterOptions options;
    private final Map<String, StreamsTransport> namespaces = new ConcurrentHashMap<>();
    private volatile @Nullable String last;
    private volatile String startId = StreamIds.START;

    private final RecentEntries recent = new RecentEntries();

    /** The position after which entries were reported as deleted. One read at a time uses it. */
    private @Nullable String deletedAfter;

    /** When the position was last compared with the stream. */
    private volatile long verifiedAt;

    @GuardedBy("this")
    private CompletableFuture<Void> ready = new CompletableFuture<>();

    @GuardedBy("this")
    private int generation;

    /** The generation that has determined where it begins. */
    private volatile int begun;

    StreamReader(RedisLink link, byte[] key, RedisStreamsAdapterOptions options) {
        this.link = link;
        this.key = key;
        this.options = options;
    }

    /** Adds a namespace; completes when no entry from now on can be missed. */
    CompletableFuture<Void> add(String name, StreamsTransport namespace) {
        CompletableFuture<Void> waitedFor;
        int mine = 0;
        synchronized (this) {
            if (namespaces.isEmpty()) {
                ready = new CompletableFuture<>();
                last = null;
                mine = ++generation;
            }
            namespaces.put(name, namespace);
            waitedFor = ready;
        }
        if (mine > 0) {
            open(mine);
        }
        return waitedFor;
    }

    /** Removes a namespace, unless it was replaced by another one with the same name. */
    void remove(String name, StreamsTransport namespace) {
        synchronized (this) {
            if (namespaces.remove(name, namespace) && namespaces.isEmpty()) {
                generation++;
            }
        }
    }

    /** The last entry when reading began. */
    String startId() {
        return startId;
    }

    /** The last entry that was read; {@code null} before reading began. */
    @Nullable
    String lastId() {
        return last;
    }

    private synchronized boolean over(int mine) {
        return mine != generation;
    }

    private void open(int mine) {
        var unused = link.connection().whenComplete((connection, error) -> {
            if (error != null) {
                if (!over(mine)) {
                    link.later(RETRY, () -> open(mine));
                }
            } else if (begun == mine) {
                verify(connection, mine);
            } else {
                begin(connection, mine);
            }
        });
    }

    private void begin(RedisConnections.Dedicated connection, int mine) {
        CompletableFuture<List<StreamMessage<byte[], byte[]>>> newest;
        try {
            newest = connection
                    .commands()
                    .xrevrange(key, Range.unbounded(), Limit.from(1))
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            again(connection, mine);
            return;
        }
        var unused = newest.whenComplete((entries, error) -> {
            if (error != null) {
                again(connection, mine);
                return;
            }
            @Nullable CompletableFuture<Void> done;
            synchronized (this) {
                done = mine == generation ? ready : null;
            }
            if (done == null) {
                connection.close();
                return;
            }
            String id = entries.isEmpty() ? StreamIds.START : entries.get(0).getId();
            startId = id;
            last = id;
            recent.clear();
            entries.forEach(recent::add);
            begun = mine;
            done.complete(null);
            read(connection, mine);
        });
    }

    private void again(RedisConnections.Dedicated connection, int mine) {
        connection.close();
        if (!over(mine)) {
            link.later(RETRY, () -> open(mine));
        }
    }

    @SuppressWarnings("unchecked") // one offset in an array of variable length
    private void read(RedisConnections.Dedicated connection, int mine) {
        String from = last;
        if (over(mine) || from == null) {
            connection.close();
            return;
        }
        CompletableFuture<List<StreamMessage<byte[], byte[]>>> entries;
        try {
            entries = connection
                    .commands()
                    .xread(
                            new XReadArgs().block(options.blockTime()).count(options.readCount()),
                            XReadArgs.StreamOffset.from(key, from))
                    .toCompletableFuture()
                    .orTimeout(options.blockTime().toSeconds() + GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            link.later(RETRY, () -> verify(connection, mine));
            return;
        }
        var unused = entries.whenComplete((read, error) -> {
            if (error instanceof TimeoutException) {
                again(connection, mine);
            } else if (error != null) {
                link.later(RETRY, () -> verify(connection, mine));
            } else if (over(mine)) {
                connection.close(); // its successor reads these entries
            } else if (read.isEmpty() && link.nanoTime() - verifiedAt > VERIFY.toNanos()) {
                verify(connection, mine);
            } else if (link.nanoTime() - verifiedAt > VERIFY.toNanos()) {
                deliverAfterCheck(connection, mine, from, read);
            } else {
                read.forEach(this::deliver);
                read(connection, mine);
            }
        });
    }

    /** If this server was suspended, entries after the position may have been deleted. */
    private void deliverAfterCheck(
            RedisConnections.Dedicated connection, int mine, String from, List<StreamMessage<byte[], byte[]>> read) {
        CompletableFuture<@Nullable StreamMessage<byte[], byte[]>> left;
        try {
            left = first(connection.commands(), from).orTimeout(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            left = CompletableFuture.failedFuture(e);
        }
        var unused = left.whenComplete((entry, error) -> {
            verifiedAt = link.nanoTime();
            if (error instanceof TimeoutException || over(mine)) {
                again(connection, mine);
                return;
            }
            if (entry != null && StreamIds.compare(entry.getId(), from) > 0) {
                deleted(from);
            }
            read.forEach(this::deliver);
            read(connection, mine);
        });
    }

    private void deleted(String from) {
        if (!from.equals(StreamIds.START) && !from.equals(deletedAfter)) {
            deletedAfter = from;
            link.problems().countLost(1);
            LOG.log(
                    Level.WARNING,
                    RedisLog.ENTRIES_DELETED.text("entries of the stream after " + from
                            + " were probably deleted before they were read: this server was disconnected, suspended or"
                            + " busy for longer than maxLen allows"));
        }
    }

    /**
     * Continues to read, but not after an entry that the stream has lost: a replica that was behind has become the master, and gives
     * smaller ids to new entries if its clock is behind, too.
     */
    private void verify(RedisConnections.Dedicated connection, int mine) {
        String from = last;
        if (over(mine) || from == null) {
            connection.close();
            return;
        }
        CompletableFuture<@Nullable String> found;
        try {
            found = from.equals(StreamIds.START)
                    ? CompletableFuture.completedFuture(from)
                    : whereToContinue(connection.commands(), from);
        } catch (RuntimeException e) {
            link.later(RETRY, () -> verify(connection, mine));
            return;
        }
        var unused = found.orTimeout(GRACE_SECONDS, TimeUnit.SECONDS).whenComplete((id, error) -> {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            if (cause instanceof TimeoutException) {
                again(connection, mine);
            } else if (isForbidden(cause)) {
                verifiedAt = link.nanoTime();
                read(connection, mine);
            } else if (error != null || id == null) {
                link.later(RETRY, () -> verify(connection, mine));
            } else {
                verifiedAt = link.nanoTime();
                if (!id.equals(from) && !over(mine)) {
                    LOG.log(
                            Level.WARNING,
                            RedisLog.ENTRIES_LOST.text(
                                    "Redis has lost entries of the stream that were read before, the last" + " of them "
                                            + from + "; reading continues after " + id));
                    recent.lost();
                    last = id;
                }
                read(connection, mine);
            }
        });
    }

    /** Whether the command is not permitted, or was renamed. Reading does not need it. */
    private static boolean isForbidden(@Nullable Throwable cause) {
        String message = cause instanceof RedisCommandExecutionException ? String.valueOf(cause.getMessage()) : "";
        return message.startsWith("NOPERM") || message.startsWith("ERR unknown command");
    }

    private CompletableFuture<String> whereToContinue(RedisClusterAsyncCommands<byte[], byte[]> redis, String from) {
        return first(redis, from).thenCompose(next -> {
            if (next != null && from.equals(next.getId()) && recent.isSame(next)) {
                return CompletableFuture.completedFuture(from);
            }
            String known = recent.oldest();
            String oldest = known == null ? from : known;
            return first(redis, oldest).thenCompose(left -> {
                if (left != null) {
                    // those that are known are not delivered again; if there are none up to here, they were deleted
                    String id = left.getId();
                    if (StreamIds.compare(id, from) > 0) {
                        deleted(from);
                        return CompletableFuture.completedFuture(from);
                    }
                    boolean replaced = id.equals(oldest) && !recent.isSame(left);
                    return CompletableFuture.completedFuture(replaced ? StreamIds.lower(oldest) : oldest);
                }
                return newest(redis).thenApply(StreamReader::idOf);
            });
        });
    }

    /** The first entry that is not before an id; {@code null} if there is none. */
    private CompletableFuture<@Nullable StreamMessage<byte[], byte[]>> first(
            RedisClusterAsyncCommands<byte[], byte[]> redis, String id) {
        Range<String> range = Range.from(Range.Boundary.including(id), Range.Boundary.unbounded());
        return redis.xrange(key, range, Limit.from(1))
                .toCompletableFuture()
                .thenApply(entries -> entries.isEmpty() ? null : entries.get(0));
    }

    private CompletableFuture<List<StreamMessage<byte[], byte[]>>> newest(
            RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return redis.xrevrange(key, Range.unbounded(), Limit.from(1))
                .toCompletableFuture()
                .thenApply(entries -> {
                    entries.forEach(recent::add); // the next comparison begins with it
                    return entries;
                });
    }

    private static String idOf(List<StreamMessage<byte[], byte[]>> newest) {
        return newest.isEmpty() ? StreamIds.START : newest.get(0).getId();
    }

    private void deliver(StreamMessage<byte[], byte[]> entry) {
        if (recent.add(entry)) {
            hand(entry);
        }
        last = entry.getId();
    }

    private void hand(StreamMessage<byte[], byte[]> entry) {
        try {
            Map<String, String> fields = fields(entry);
            String namespace = fields.get("nsp");
            StreamsTransport transport = namespace == null ? null : namespaces.get(namespace);
            if (transport != null) {
                transport.onEntry(entry.getId(), fields);
            }
        } catch (RuntimeException | Error e) { // an error of one entry must not end the reading
            LOG.log(Level.WARNING, RedisLog.STREAM_ENTRY_FAILED.text("an entry of the stream failed"), e);
        }
    }

    static Map<String, String> fields(StreamMessage<byte[], byte[]> entry) {
        Map<String, String> fields = new HashMap<>();
        if (entry.getBody() != null) {
            entry.getBody().forEach((name, value) -> fields.put(RedisLink.text(name), RedisLink.text(value)));
        }
        return fields;
    }
}
