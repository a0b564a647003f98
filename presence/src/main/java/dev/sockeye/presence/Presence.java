package dev.sockeye.presence;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which users are online on all servers of a cluster. Every server has the complete list in memory, so no method
 * waits for another server. No official counterpart.
 *
 * <pre>{@code
 * Presence users = Presence.of(io, "users");
 * io.onConnection(socket -> users.join(socket, userId(socket), Map.of("status", "busy")));
 * users.onChange(change -> log.info(change.user().id() + " is " + change.kind()));
 * int online = users.count();
 * }</pre>
 *
 * <p>A user is online as long as one of their sockets is, at any server, and for {@link PresenceOptions#graceTime()} after the last one has
 * disconnected. Each server owns the entries of its own sockets and sends changes to the others as server-side events
 * of the namespace, which every adapter supports. Other servers see a change after about 20 ms. The users of a crashed
 * server are offline after {@link PresenceOptions#nodeTimeout()}, unless they have reconnected to another server; after
 * a network partition all servers agree again within one heartbeat plus the latency of the messages.
 *
 * <p>Thread-safe. Reading takes no lock. No callback is called under a lock.
 */
public final class Presence implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Presence.class.getName());
    private static final int LONGEST_ID = 256;
    private static final int LONGEST_PAGE = 10_000;

    /** A namespace references its presences through the listeners that they add, so both are garbage collected together. */
    @GuardedBy("ALL")
    private static final Map<Namespace, Map<String, WeakReference<Presence>>> ALL = new WeakHashMap<>();

    private final Namespace namespace;
    private final String name;
    private final PresenceOptions options;
    private final Metadata metadata;
    private final OnlineUsers online;
    private final LocalUsers local;
    private final Replication replication;
    private final List<PresenceListener> listeners = new CopyOnWriteArrayList<>();
    private final List<String> rooms = new CopyOnWriteArrayList<>();

    @GuardedBy("replication")
    private boolean notifying;

    /**
     * The sockets with a disconnect handler of this presence. It is added once, also if a socket joins and leaves repeatedly. Used
     * under the lock of {@link Replication}.
     */
    private final Set<Socket> observed = Collections.newSetFromMap(new IdentityHashMap<>());

    private Presence(Namespace namespace, String name, PresenceOptions options) {
        this.namespace = namespace;
        this.name = name;
        this.options = options;
        this.metadata = new Metadata(options.binding(), options.maxMetadataBytes());
        this.online = new OnlineUsers(metadata);
        this.local = new LocalUsers(options.graceTime().toNanos(), online);
        var terms = new Replica.Terms(options.heartbeatInterval(), options.nodeTimeout(), options.maxUsers());
        this.replication = new Replication(namespace, "sockeye:presence:" + name, terms, new Part());
    }

    /**
     * Returns the presence with this name in the namespace {@code /}, with default options if it is created; see {@link
     * #of(Namespace, String, PresenceOptions)}.
     */
    public static Presence of(SocketIoServer io, String name) {
        return of(io.sockets(), name, null);
    }

    /**
     * Returns the presence with this name, which is created on the first call. Servers of a cluster that use the same
     * namespace and name share it. It exists until it is closed or the server is no longer used.
     *
     * @param namespace the namespace used for messages between the servers, and for {@link #announceTo}
     * @param options used when it is created; {@code null} for the defaults, or the existing options
     * @throws IllegalStateException if it was already added with different options
     */
    public static Presence of(Namespace namespace, String name, @Nullable PresenceOptions options) {
        Presence made;
        synchronized (ALL) {
            Map<String, WeakReference<Presence>> all = ALL.computeIfAbsent(namespace, key -> new HashMap<>());
            WeakReference<Presence> reference = all.get(name);
            Presence found = reference == null ? null : reference.get();
            if (found != null) {
                if (options != null && found.options != options) {
                    throw new IllegalStateException("the presence \"" + name + "\" has other options");
                }
                return found;
            }
            made = new Presence(namespace, name, options == null ? PresenceOptions.defaults() : options);
            all.put(name, new WeakReference<>(made));
        }
        made.replication.start();
        return made;
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The options. */
    public PresenceOptions options() {
        return options;
    }

    /** The same as {@link #join(Socket, String, Object)}, without changing the metadata. */
    public boolean join(Socket socket, String userId) {
        return join(socket, userId, null, false);
    }

    /**
     * Assigns a socket to a user, who is online from now on. Call this in a connection handler. The socket leaves
     * automatically when it disconnects. If the socket joins again as the same user, the metadata is changed; if it
     * joins as another user, it leaves the former one immediately.
     *
     * @param metadata the public data of the user; JSON without binary data; {@code null} for none. It replaces the
     *     metadata set by the user's other sockets
     * @return false if the socket is not connected, because it has disconnected or is still in the middlewares
     * @throws IllegalArgumentException if the id is empty or longer than 256 characters, the metadata is too large, or the
     *     socket belongs to another server
     * @throws IllegalStateException if there are {@link PresenceOptions#maxUsers()} users, or this is closed
     */
    public boolean join(Socket socket, String userId, @Nullable Object metadata) {
        return join(socket, userId, metadata, true);
    }

    private boolean join(Socket socket, String userId, @Nullable Object value, boolean changes) {
        if (userId.isEmpty() || userId.length() > LONGEST_ID) {
            throw new IllegalArgumentException("a user's id has 1 to " + LONGEST_ID + " characters");
        }
        if (socket.namespace().server() != namespace.server()) {
            throw new IllegalArgumentException("the socket belongs to another server");
        }
        LocalUsers.Change change = changes ? change(value) : null;
        long time = options.clock().millis();
        if (!socket.connected()) {
            return false;
        }
        boolean known = replication.with((replica, now) -> {
            if (replica.closed()) {
                throw new IllegalStateException("the presence \"" + name + "\" is closed");
            }
            if (online.count() >= options.maxUsers() && !online.users().containsKey(userId)) {
                throw new IllegalStateException("there are " + options.maxUsers() + " users (maxUsers)");
            }
            local.join(replica, now, socket, userId, time, change);
            return !observed.add(socket);
        });
        if (!known) {
            var unused = socket.onDisconnect((reason, details) -> disconnected(socket, reason));
            if (!socket.connected()) {
                disconnected(socket, null); // disconnected before the handler was added
            }
        }
        return true;
    }

    private LocalUsers.Change change(@Nullable Object value) {
        return new LocalUsers.Change(metadata.write(value), options.clock().millis());
    }

    private void disconnected(Socket socket, @Nullable DisconnectReason reason) {
        replication.with((replica, now) -> {
            observed.remove(socket);
            boolean left = local.leave(replica, now, socket, true);
            if (left && reason == DisconnectReason.SERVER_SHUTTING_DOWN && local.sockets() == 0) {
                replica.goodbye(options.graceTime());
            }
            return left;
        });
    }

    /**
     * Removes a socket from its user, who is offline immediately, without grace time, if there is no other socket. For
     * a logout.
     *
     * @return false if the socket had not joined
     */
    public boolean leave(Socket socket) {
        return replication.with((replica, now) -> local.leave(replica, now, socket, false));
    }

    /**
     * Changes the metadata of the user of a socket. If it is changed on several servers at the same time, the newest
     * change wins on all servers.
     *
     * @return false if the socket has not joined
     * @throws IllegalArgumentException if the metadata is too large
     */
    public boolean update(Socket socket, @Nullable Object metadata) {
        LocalUsers.Change change = change(metadata);
        return replication.with((replica, now) -> {
            String id = local.userOf(socket);
            return id != null && local.update(replica, now, id, change);
        });
    }

    /**
     * Changes the metadata of a user with a socket on this server. Also possible during the {@linkplain
     * PresenceOptions#graceTime() grace time} after the last socket, in which the user is online.
     *
     * @return false if the user has no socket on this server and is not in its grace time here, even if there is a socket on
     *     another server
     * @throws IllegalArgumentException if the metadata is too large
     */
    public boolean update(String userId, @Nullable Object metadata) {
        LocalUsers.Change change = change(metadata);
        return replication.with((replica, now) -> local.update(replica, now, userId, change));
    }

    /** The number of users that are online. */
    public int count() {
        return online.count();
    }

    /** Whether a user is online. */
    public boolean isOnline(String userId) {
        return online.users().containsKey(userId);
    }

    /** Returns which of these users are online, in the given order. */
    public Map<String, Boolean> isOnline(Collection<String> userIds) {
        Map<String, Boolean> found = new LinkedHashMap<>();
        userIds.forEach(id -> found.put(id, isOnline(id)));
        return found;
    }

    /** Returns a user; empty if offline. */
    public Optional<PresenceUser> get(String userId) {
        return Optional.ofNullable(online.users().get(userId));
    }

    /** The first users in the order of their ids; see {@link #list(String, int)}. */
    public PresencePage list(int limit) {
        return list(null, limit);
    }

    /**
     * Users in the order of their ids.
     *
     * @param after {@link PresencePage#next()} of the previous page; {@code null} for the first page. Users that come online or
     *     go offline in between do not shift the others
     * @param limit the maximum number of users, 1 to 10,000
     * @throws IllegalArgumentException if the limit is out of its range
     */
    public PresencePage list(@Nullable String after, int limit) {
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw new IllegalArgumentException("limit must be 1 to " + LONGEST_PAGE + ", was " + limit);
        }
        NavigableMap<String, PresenceUser> users = online.users();
        List<PresenceUser> page = new ArrayList<>(Math.min(limit, 100));
        String last = null;
        for (PresenceUser user : (after == null ? users : users.tailMap(after, false)).values()) {
            if (page.size() == limit) {
                return new PresencePage(page, last);
            }
            page.add(user);
            last = user.id();
        }
        return new PresencePage(page, null);
    }

    /** Adds a listener for changes on this server; every server calls its own listeners. */
    public Registration onChange(PresenceListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /**
     * Notifies the clients in a room of all changes. They receive {@code presence:online} and {@code presence:updated}
     * with the name of this presence and the user, and {@code presence:offline} with the name and the user's id. Each
     * server notifies its own clients, so call this on all servers; clients of other servers, such as Node.js, are not
     * notified.
     *
     * @return stops the notifications when closed
     */
    public Registration announceTo(String room) {
        rooms.add(room);
        return () -> rooms.remove(room);
    }

    /** Calls the listeners on the handler executor, one thread at a time. */
    private void scheduleNotification() {
        synchronized (replication) {
            if (notifying || !online.hasPendingChanges()) {
                return;
            }
            notifying = true;
        }
        Executor executor = namespace.server().handlerExecutor();
        executor.execute(this::notifyListeners);
    }

    private void notifyListeners() {
        for (PresenceChange change = next(); change != null; change = next()) {
            for (PresenceListener listener : listeners) {
                try {
                    listener.changed(change);
                } catch (Throwable e) {
                    LOG.log(
                            Level.WARNING,
                            PresenceLog.LISTENER_FAILED.text("a listener of the presence \"" + name + "\" failed"),
                            e);
                }
            }
            announce(change);
        }
    }

    private @Nullable PresenceChange next() {
        synchronized (replication) {
            PresenceChange change = online.nextChange();
            notifying = change != null;
            return change;
        }
    }

    private void announce(PresenceChange change) {
        if (rooms.isEmpty()) {
            return;
        }
        PresenceUser user = change.user();
        Object told = change.kind() == PresenceChange.Kind.OFFLINE ? user.id() : user;
        try {
            namespace
                    .local()
                    .to(rooms.toArray(new String[0]))
                    .emit(change.kind().event(), name, told);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    PresenceLog.CLIENTS_NOT_NOTIFIED.text(
                            "clients were not notified of changes of the presence \"" + name + "\""),
                    e);
        }
    }

    /**
     * Ends presence on this server: its users are offline on the other servers after the grace time. The sockets stay
     * connected. Idempotent.
     */
    @Override
    public void close() {
        synchronized (ALL) {
            Map<String, WeakReference<Presence>> all = ALL.get(namespace);
            WeakReference<Presence> reference = all == null ? null : all.get(name);
            if (all != null && reference != null && reference.refersTo(this)) {
                all.remove(name);
            }
        }
        replication.close(options.graceTime());
    }

    @Override
    public String toString() {
        return "Presence[" + name + ", " + count() + " online]";
    }

    private final class Part implements Replication.Part {
        @Override
        public void changed(
                Replica replica, long now, String server, String key, @Nullable String before, @Nullable String value) {
            UserEntry entry = entry(value);
            online.changed(server, key, entry);
            if (!server.isEmpty() && entry != null) {
                local.changedElsewhere(replica, now, key, entry);
            }
        }

        private static @Nullable UserEntry entry(@Nullable String value) {
            try {
                return value == null ? null : UserEntry.of(value);
            } catch (IllegalArgumentException e) {
                return null; // sent by a later version
            }
        }

        @Override
        public long next() {
            return local.next();
        }

        @Override
        public void run(Replica replica, long now) {
            local.run(replica, now);
        }

        @Override
        public void closed() {
            local.clear();
        }

        @Override
        public void afterwards() {
            scheduleNotification();
        }
    }
}
