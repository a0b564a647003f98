package dev.sockeye.presence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of this server, and copies of those of all other servers. Each server numbers the changes of its own entries and
 * sends them to the others. A copy that misses a number requests all changes after the last one it has. All copies therefore
 * converge, even if messages are lost. No merging is required, because each entry has one owner. A server that is silent for
 * too long is considered dead.
 *
 * <p>Independent of clock and network: times are monotonic nanoseconds, messages are lists of strings. Used under the lock of
 * {@link Replication}.
 *
 * <p>Messages: {@code hello id}, {@code beat id last floor}, {@code changes id from to floor key value ...}, {@code ask id
 * owner after}, {@code bye id millis}.
 */
final class Replica {
    static final long NEVER = Long.MAX_VALUE;
    static final long SEND_DELAY = Duration.ofMillis(20).toNanos();
    private static final long ASK_AGAIN = Duration.ofSeconds(2).toNanos();
    private static final int PARTS_AT_ONCE = 8;
    private static final int MOST_SERVERS = 1_000;
    private static final int LONGEST_ID = 64;
    private static final int HELLOS = 3;

    /** The settings that all servers share. */
    record Terms(Duration heartbeat, Duration timeout, int maxEntries) {}

    private final Terms terms;
    private final long heartbeat;
    private final long timeout;
    private final Supplier<String> ids;
    private final EntryListener listener;
    private final Consumer<List<@Nullable String>> send;
    private final Map<String, RemoteServer> servers = new HashMap<>();
    private final OwnEntries own = new OwnEntries();
    private final Map<String, String> values = new HashMap<>();
    private String id;
    private int remoteEntries;

    /** The number of the last change that was sent. */
    private long sent;

    /** The number after which changes must be sent again; negative for none. */
    private long again = -1;

    private long changedAt;
    private int hellos = HELLOS;
    private boolean closed;
    private boolean silent;
    private long sendAt = NEVER;
    private long beatAt = NEVER;
    private long expireAt = NEVER;

    /**
     * Creates a replica without entries.
     *
     * @param ids supplies a unique id for this server; called again after it has said goodbye
     * @param send receives messages for all other servers, under the lock
     */
    Replica(Terms terms, Supplier<String> ids, EntryListener listener, Consumer<List<@Nullable String>> send) {
        this.terms = terms;
        this.heartbeat = terms.heartbeat.toNanos();
        this.timeout = terms.timeout.toNanos();
        this.ids = ids;
        this.id = ids.get();
        this.listener = listener;
        this.send = send;
    }

    void start(long now) {
        beatAt = now;
    }

    /** The value of an entry of this server. */
    @Nullable
    String get(String key) {
        return values.get(key);
    }

    /** The number of entries of this server. */
    int ownSize() {
        return own.size();
    }

    /** Changes an entry of this server; {@code null} removes it. Does nothing after it was closed. */
    void set(String key, @Nullable String value, long now) {
        if (closed) {
            return;
        }
        String before = value == null ? values.remove(key) : values.put(key, value);
        if (before == null ? value == null : before.equals(value)) {
            return;
        }
        if (silent && value != null) {
            silent = false;
            id = ids.get();
            sent = 0;
        }
        own.set(key, value);
        changedAt = now;
        if (!silent) {
            sendAt = Math.min(sendAt, now + SEND_DELAY);
            beatAt = Math.min(beatAt, now + heartbeat);
        }
        listener.changed("", key, before, value);
    }

    /** When {@link #run} must be called next. */
    long next() {
        return Math.min(sendAt, Math.min(beatAt, expireAt));
    }

    void run(long now) {
        if (closed) {
            return;
        }
        if (now >= sendAt) {
            sendAt = NEVER;
            sendChanges(now);
        }
        if (now >= beatAt) {
            beat(now);
        }
        if (now >= expireAt) {
            expire(now);
        }
    }

    private void sendChanges(long now) {
        if (silent) {
            return;
        }
        sent = own.changes(sent, PARTS_AT_ONCE, this::send);
        if (again >= 0) {
            again = own.changes(again, PARTS_AT_ONCE, this::send);
            if (again >= sent) {
                again = -1;
            }
        }
        if (again >= 0 || sent < own.last()) {
            sendAt = now + SEND_DELAY;
        }
    }

    private void send(OwnEntries.Part part) {
        List<@Nullable String> message = new ArrayList<>(part.pairs().size() + 5);
        message.addAll(List.of("changes", id, text(part.from()), text(part.to()), text(part.floor())));
        message.addAll(part.pairs());
        send.accept(message);
    }

    private void beat(long now) {
        beatAt = NEVER;
        if (silent) {
            return;
        }
        if (hellos > 0) {
            hellos--;
            send.accept(List.of("hello", id));
        }
        if (own.last() > 0) {
            send.accept(List.of("beat", id, text(sent), text(own.floor())));
        }
        // without entries, there is nothing that others could consider alive
        if (own.size() > 0 || hellos > 0 || (own.last() > 0 && now - changedAt < timeout)) {
            beatAt = now + heartbeat;
        }
    }

    private void expire(long now) {
        boolean paused = now - expireAt > heartbeat; // this process was suspended: the others may be alive
        expireAt = NEVER;
        for (Iterator<RemoteServer> all = servers.values().iterator(); all.hasNext(); ) {
            RemoteServer server = all.next();
            if (paused) {
                server.heard = now;
            }
            long end = end(server);
            if (now >= end) {
                all.remove();
                remoteEntries -= server.size();
                server.clear();
            } else {
                expireAt = Math.min(expireAt, end);
            }
        }
    }

    private long end(RemoteServer server) {
        return server.leavesAt == 0 ? server.heard + timeout : server.leavesAt;
    }

    /**
     * Handles a message of another server.
     *
     * @throws RuntimeException if it is malformed
     */
    void receive(List<@Nullable String> message, long now) {
        String kind = word(message, 0);
        String from = word(message, 1);
        if (closed || from.equals(id) || from.length() > LONGEST_ID) {
            return;
        }
        RemoteServer server = server(from, now);
        if (server == null) {
            return;
        }
        server.heard = now;
        switch (kind) {
            case "hello" -> beatAt = Math.min(beatAt, now + SEND_DELAY);
            case "beat" -> {
                boolean room = remoteEntries < terms.maxEntries / 10 * 9;
                int before = server.size();
                boolean complete = server.upTo(number(message, 2), number(message, 3), room);
                remoteEntries += server.size() - before;
                if (!complete) {
                    ask(server, from, now);
                }
            }
            case "changes" -> changes(server, from, message, now);
            case "ask" -> {
                if (word(message, 2).equals(id)) {
                    long after = Math.max(0, number(message, 3));
                    again = again < 0 ? after : Math.min(again, after);
                    sendAt = Math.min(sendAt, now + SEND_DELAY);
                }
            }
            case "bye" -> {
                server.leavesAt = now + Duration.ofMillis(number(message, 2)).toNanos();
                expireAt = Math.min(expireAt, server.leavesAt);
            }
            default -> {
                // sent by a later version
            }
        }
    }

    private void changes(RemoteServer server, String from, List<@Nullable String> message, long now) {
        var part = new OwnEntries.Part(
                number(message, 2), number(message, 3), number(message, 4), message.subList(5, message.size()));
        int before = server.size();
        long known = server.known();
        boolean applied = server.apply(part, Math.max(0, terms.maxEntries - remoteEntries));
        remoteEntries += server.size() - before;
        if (!applied) {
            ask(server, from, now);
        } else if (server.askedAt != null && server.known() > known) {
            server.askedAt = now;
        }
    }

    private @Nullable RemoteServer server(String from, long now) {
        RemoteServer server = servers.get(from);
        if (server == null && servers.size() < MOST_SERVERS) {
            server = new RemoteServer(from, listener);
            servers.put(from, server);
            expireAt = Math.min(expireAt, now + timeout);
            if (own.last() > 0) {
                beatAt = Math.min(beatAt, now + SEND_DELAY); // it may not know this server either
            }
        }
        return server;
    }

    private void ask(RemoteServer server, String owner, long now) {
        if (server.askedAt == null || now - server.askedAt >= ASK_AGAIN) {
            server.askedAt = now;
            send.accept(List.of("ask", id, owner, text(server.known())));
        }
    }

    /**
     * Informs the others that this server stops. They keep its entries for some time, so that its clients can reconnect to
     * another server. Nothing more is sent until an entry is set again.
     */
    void goodbye(Duration grace) {
        if (!silent && own.last() > 0) {
            sent = own.changes(sent, Integer.MAX_VALUE, this::send);
            send.accept(List.of("bye", id, text(grace.toMillis())));
        }
        silent = true;
        again = -1;
        sendAt = NEVER;
        beatAt = NEVER;
    }

    /** Says goodbye and removes all entries permanently. */
    void close(Duration grace) {
        goodbye(grace);
        closed = true;
        expireAt = NEVER;
        List<RemoteServer> all = new ArrayList<>(servers.values());
        servers.clear();
        all.forEach(RemoteServer::clear);
        Map<String, String> gone = new HashMap<>(values);
        values.clear();
        gone.forEach((key, value) -> listener.changed("", key, value, null));
    }

    boolean closed() {
        return closed;
    }

    /** The number of other known servers. */
    int servers() {
        return servers.size();
    }

    private static String text(long number) {
        return Long.toString(number);
    }

    private static String word(List<@Nullable String> message, int index) {
        String word = message.get(index);
        if (word == null) {
            throw new IllegalArgumentException("a message without field " + index);
        }
        return word;
    }

    private static long number(List<@Nullable String> message, int index) {
        return Long.parseLong(word(message, index));
    }
}
