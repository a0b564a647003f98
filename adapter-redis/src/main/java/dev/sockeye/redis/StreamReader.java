package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

    private final RedisLink link;
    private final byte[] key;
    private final RedisStreamsAdapterOptions options;
    private final Map<String, StreamsTransport> namespaces = new ConcurrentHashMap<>();
    private volatile @Nullable String last;
    private volatile String startId = StreamIds.START;

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

    boolean isOwn(@Nullable String namespace, String uid) {
        StreamsTransport transport = namespace == null ? null : namespaces.get(namespace);
        return transport != null && transport.uid().equals(uid);
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
                read(connection, mine);
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
            link.later(RETRY, () -> read(connection, mine));
            return;
        }
        var unused = entries.whenComplete((read, error) -> {
            if (error instanceof TimeoutException) {
                again(connection, mine);
            } else if (error != null) {
                link.later(RETRY, () -> read(connection, mine));
            } else if (over(mine)) {
                connection.close(); // its successor reads these entries
            } else {
                read.forEach(this::deliver);
                read(connection, mine);
            }
        });
    }

    private void deliver(StreamMessage<byte[], byte[]> entry) {
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
        last = entry.getId();
    }

    static Map<String, String> fields(StreamMessage<byte[], byte[]> entry) {
        Map<String, String> fields = new HashMap<>();
        if (entry.getBody() != null) {
            entry.getBody().forEach((name, value) -> fields.put(RedisLink.text(name), RedisLink.text(value)));
        }
        return fields;
    }
}
