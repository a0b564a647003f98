package dev.sockeye.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Servers with the real state and a network and a clock that the test controls. */
final class SimulatedCluster {
    static final Duration GRACE = Duration.ofSeconds(10);
    static final Duration HEARTBEAT = Duration.ofSeconds(5);
    static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final long STEP = Duration.ofMillis(5).toNanos();

    private record Message(SimulatedServer from, SimulatedServer to, List<@Nullable String> content) {}

    private final Random random;
    private final int maxEntries;
    private final ArrayDeque<Message> underWay = new ArrayDeque<>();
    private final Set<String> cut = new HashSet<>();
    private final Map<String, Integer> sent = new HashMap<>();
    private int names;
    private double loss;
    long now = 1;
    final List<SimulatedServer> servers = new ArrayList<>();

    SimulatedCluster(long seed, int maxEntries) {
        this.random = new Random(seed);
        this.maxEntries = maxEntries;
    }

    SimulatedCluster() {
        this(1, 1_000_000);
    }

    /** One server. */
    final class SimulatedServer {
        final String name = "server" + names++;
        final OnlineUsers online = new OnlineUsers(new Metadata(null, 4_096));
        final LocalUsers local = new LocalUsers(GRACE.toNanos(), online);
        final Replica replica = new Replica(
                new Replica.Terms(HEARTBEAT, TIMEOUT, maxEntries),
                () -> name + "-" + names++,
                this::changed,
                message -> {
                    sent.merge(String.valueOf(message.get(0)), 1, Integer::sum);
                    servers.forEach(other -> {
                        if (other != this) {
                            underWay.add(new Message(this, other, message));
                        }
                    });
                });

        private void changed(String server, String key, @Nullable String before, @Nullable String value) {
            UserEntry entry = value == null ? null : UserEntry.of(value);
            online.changed(server, key, entry);
            if (!server.isEmpty() && entry != null) {
                local.changedElsewhere(replica, now, key, entry);
            }
        }

        void join(String socket, String user, @Nullable String metadata) {
            var change = metadata == null
                    ? null
                    : new LocalUsers.Change(metadata, Duration.ofNanos(now).toMillis());
            local.join(replica, now, socket.intern(), user, now, change);
        }

        void disconnect(String socket) {
            local.leave(replica, now, socket.intern(), true);
        }

        void leave(String socket) {
            local.leave(replica, now, socket.intern(), false);
        }

        /** Users with their sockets and metadata, as this server sees them. */
        Map<String, String> view() {
            Map<String, String> all = new TreeMap<>();
            online.users().values().forEach(user -> all.put(user.id(), user.sockets() + " " + json(user)));
            return all;
        }

        private String json(PresenceUser user) {
            UserEntry newest = online.newest(user.id());
            return newest == null ? "" : String.valueOf(newest.metadata());
        }

        List<String> changes() {
            List<String> told = new ArrayList<>();
            for (PresenceChange change = online.nextChange(); change != null; change = online.nextChange()) {
                told.add(change.user().id() + " " + change.kind());
            }
            return told;
        }

        Instant since(String user) {
            return online.users().get(user).since();
        }
    }

    SimulatedServer start() {
        SimulatedServer server = new SimulatedServer();
        servers.add(server);
        server.replica.start(now);
        return server;
    }

    /** The process has crashed, without a message to the others. */
    void kill(SimulatedServer server) {
        servers.remove(server);
    }

    void cut(SimulatedServer one, SimulatedServer other) {
        cut.add(one.name + other.name);
        cut.add(other.name + one.name);
    }

    void heal() {
        cut.clear();
        loss = 0;
    }

    /** Loses this part of all messages. */
    void lose(double part) {
        loss = part;
    }

    /** Messages that were sent to all, by kind. */
    int sent(String kind) {
        return sent.getOrDefault(kind, 0);
    }

    /** Lets time pass and messages arrive, each link in its order. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        while (now < end) {
            now = Math.min(end, underWay.isEmpty() ? Math.max(now + 1, next()) : now + STEP);
            for (int i = underWay.size(); i > 0; i--) {
                deliver(underWay.remove());
            }
            for (SimulatedServer server : List.copyOf(servers)) {
                if (server.replica.next() <= now) {
                    server.replica.run(now);
                }
                if (server.local.next() <= now) {
                    server.local.run(server.replica, now);
                }
            }
        }
    }

    private long next() {
        long next = Replica.NEVER;
        for (SimulatedServer server : servers) {
            next = Math.min(next, Math.min(server.replica.next(), server.local.next()));
        }
        return next;
    }

    private void deliver(Message message) {
        boolean lost = cut.contains(message.from.name + message.to.name) || random.nextDouble() < loss;
        if (!lost && servers.contains(message.to)) {
            message.to.replica.receive(message.content, now);
        }
    }
}
