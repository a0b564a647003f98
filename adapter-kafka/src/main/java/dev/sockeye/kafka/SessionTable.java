package dev.sockeye.kafka;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the cluster, as recorded in the sessions topic. All servers read the same records in the same order, so they
 * agree on who holds a session.
 *
 * <p>A record stores a session, attempts to take it over, reports that the previous holder has released its socket, or removes
 * a session. Each takeover increments the epoch of a session; later records of a previous holder have a lower epoch and are
 * ignored. Bounded by bytes: the sessions that were stored longest ago are removed first.
 */
final class SessionTable {
    static final String STORE = "s";
    static final String TAKE = "t";
    static final String RELEASE = "r";
    static final String REMOVE = "f";

    private static final long OVERHEAD = 300;

    /** How long a session that was taken over cannot be taken over again. After that, the new holder has stored it again, or is dead. */
    private static final long TAKING_MILLIS = 5_000;

    /** The server that currently stores a session, and its epoch. */
    record Holder(String uid, long epoch) {}

    private static final class Stored {
        private Holder holder;
        private final byte[] value;
        private boolean live;
        private long taken = Long.MIN_VALUE; // when, by the clock of the new holder; if stored again since: never
        private final long until;

        Stored(Holder holder, byte[] value, boolean live, long until) {
            this.holder = holder;
            this.value = value;
            this.live = live;
            this.until = until;
        }
    }

    private final Function<String, @Nullable KafkaTransport> servers;
    private final long mostBytes;

    @GuardedBy("this")
    private final Map<String, Stored> all = new LinkedHashMap<>();

    @GuardedBy("this")
    private long bytes;

    /** @param servers returns the namespace of this process with the given id */
    SessionTable(Function<String, @Nullable KafkaTransport> servers, long mostBytes) {
        this.servers = servers;
        this.mostBytes = mostBytes;
    }

    /** The epoch under which a server may store a session. */
    synchronized long epoch(String pid, String uid) {
        Stored stored = all.get(pid);
        return stored != null && stored.holder.uid.equals(uid) ? stored.holder.epoch : 1;
    }

    /**
     * Handles a record, on the thread of the reader.
     *
     * @param live whether the record is new, as opposed to read at startup
     */
    void onRecord(ConsumerRecord<byte[], byte[]> record, boolean live) {
        String pid = Headers.key(record);
        String uid = Headers.text(record, Headers.SENDER);
        long now = System.currentTimeMillis();
        switch (Headers.text(record, Headers.KIND)) {
            case STORE -> store(pid, uid, record, live ? now : Math.min(now, record.timestamp()));
            case TAKE -> take(pid, uid, record, now);
            case RELEASE -> {
                KafkaTransport taker = servers.apply(Headers.text(record, Headers.RECEIVER));
                if (taker != null) {
                    taker.sessions().released(Headers.text(record, Headers.ATTEMPT));
                }
            }
            case REMOVE -> {
                synchronized (this) {
                    Stored stored = all.get(pid);
                    if (stored != null && stored.holder.uid.equals(uid)) {
                        forget(pid);
                    }
                }
            }
            default -> {
                // written by a later version
            }
        }
    }

    private void store(String pid, String uid, ConsumerRecord<byte[], byte[]> record, long written) {
        long epoch = Headers.number(record, Headers.EPOCH);
        long keep = Headers.number(record, Headers.KEEP);
        boolean stale;
        synchronized (this) {
            Stored before = all.get(pid);
            stale = before != null
                    && (epoch < before.holder.epoch
                            || (epoch == before.holder.epoch && !uid.equals(before.holder.uid)));
            if (!stale) {
                forget(pid);
                Stored stored = new Stored(
                        new Holder(uid, epoch), record.value(), Headers.has(record, Headers.LIVE), written + keep);
                all.put(pid, stored);
                bytes += size(stored);
                evict(System.currentTimeMillis());
            }
        }
        KafkaTransport writer = stale ? servers.apply(uid) : null;
        if (writer != null) {
            writer.sessions().lost(pid);
        }
    }

    private void take(String pid, String uid, ConsumerRecord<byte[], byte[]> record, long now) {
        String attempt = Headers.text(record, Headers.ATTEMPT);
        Stored given = null;
        Holder former = null;
        boolean connected = false;
        boolean busy = false;
        synchronized (this) {
            Stored stored = all.get(pid);
            busy = stored != null && stored.until > now && stored.taken >= record.timestamp() - TAKING_MILLIS;
            if (stored != null && stored.until > now && !busy) {
                given = stored;
                former = stored.holder;
                connected = stored.live && !former.uid.equals(uid);
                stored.holder = new Holder(uid, former.epoch + 1);
                stored.taken = record.timestamp();
                stored.live = false;
            }
        }
        KafkaTransport taker = servers.apply(uid);
        if (taker != null) {
            taker.sessions().answered(attempt, given == null ? null : given.value, connected, busy);
        }
        KafkaTransport loser = former == null || former.uid.equals(uid) ? null : servers.apply(former.uid);
        if (loser != null) {
            loser.sessions().taken(pid, uid, attempt);
        }
    }

    private static long size(Stored stored) {
        return OVERHEAD + stored.value.length;
    }

    @GuardedBy("this")
    private void forget(String pid) {
        Stored stored = all.remove(pid);
        if (stored != null) {
            bytes -= size(stored);
        }
    }

    /** Removes the oldest sessions if they have expired or the limit is exceeded. */
    @GuardedBy("this")
    private void evict(long now) {
        Iterator<Stored> eldest = all.values().iterator();
        while (eldest.hasNext()) {
            Stored stored = eldest.next();
            if (stored.until > now && bytes <= mostBytes) {
                return;
            }
            bytes -= size(stored);
            eldest.remove();
        }
    }
}
