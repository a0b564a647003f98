package dev.sockeye.socketio.adapter;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Rooms in memory, for one server. Official counterpart: {@code Adapter} of {@code socket.io-adapter}.
 *
 * <p>The room of a socket's own id is virtual: it appears in all views and room events, but has no map entry.
 */
public final class InMemoryAdapter implements Adapter {
    private static final Logger LOG = System.getLogger(InMemoryAdapter.class.getName());

    private final AdapterNamespace namespace;
    private final Map<String, RoomMembers> rooms = new ConcurrentHashMap<>();
    private final Map<String, RoomNames> sids = new ConcurrentHashMap<>();
    private final RoomEvents events = new RoomEvents();
    private final PacketWriter writer;

    /** Creates the adapter of a namespace. */
    public InMemoryAdapter(AdapterNamespace namespace) {
        this.namespace = namespace;
        this.writer = new PacketWriter(namespace);
    }

    @Override
    public void addAll(String socketId, Collection<String> names) {
        LocalSocket socket = namespace.socket(socketId);
        if (socket == null) {
            return;
        }
        for (String room : names) {
            if (room.equals(socketId)) {
                joinOwnRoom(socket);
            } else {
                add(socket, room);
            }
        }
        if (namespace.socket(socketId) == null) {
            // it has left in the meantime
            delAll(socketId);
        }
    }

    private void joinOwnRoom(LocalSocket socket) {
        String id = socket.id();
        if (!events.observed()) {
            if (!socket.ownRoom(true) || !events.observed()) {
                return;
            }
            events.joined(id, id, !rooms.containsKey(id)); // a listener was added concurrently
        } else {
            rooms.compute(id, (room, members) -> {
                if (socket.ownRoom(true)) {
                    events.joined(id, id, members == null);
                }
                return members;
            });
        }
        events.deliver();
    }

    private void add(LocalSocket socket, String room) {
        String id = socket.id();
        while (true) {
            RoomNames names = sids.computeIfAbsent(id, key -> new RoomNames());
            // both sides of the membership change under one lock, that of the socket
            synchronized (names) {
                if (names.closed()) {
                    continue; // closed by another thread; create a new one
                }
                if (!names.add(room)) {
                    return;
                }
                if (!joinLarge(room, id, socket)) {
                    rooms.compute(room, (name, members) -> {
                        RoomMembers present = members == null ? new RoomMembers() : members;
                        present.add(id, socket);
                        if (events.observed()) {
                            events.joined(room, id, members == null && !isOwnRoom(room));
                        }
                        return present;
                    });
                }
                break;
            }
        }
        events.deliver();
    }

    /**
     * Joins a large room without its lock, so that many threads can do so at the same time. Without a listener only: its events are ordered
     * by the lock.
     */
    private boolean joinLarge(String room, String id, LocalSocket socket) {
        RoomMembers members = events.observed() ? null : rooms.get(room);
        if (members == null || !members.addToLarge(id, socket)) {
            return false;
        }
        if (events.observed()) { // since then; the room cannot end before this socket leaves it
            events.joined(room, id, false);
        }
        return true;
    }

    /** As {@link #joinLarge}. */
    private boolean leaveLarge(String room, String socketId) {
        RoomMembers left = events.observed() ? null : rooms.get(room);
        if (left == null || !left.removeFromLarge(socketId)) {
            return false;
        }
        if (events.observed()) { // since then; not after the end of the room
            rooms.computeIfPresent(room, (name, members) -> {
                if (members == left) {
                    events.left(room, socketId, false);
                }
                return members;
            });
        }
        return true;
    }

    /** Whether the room is that of a socket's own id, and the socket is in it. */
    private boolean isOwnRoom(String room) {
        LocalSocket owner = namespace.socket(room);
        return owner != null && owner.inOwnRoom();
    }

    @Override
    public void del(String socketId, String room) {
        if (room.equals(socketId)) {
            LocalSocket socket = namespace.socket(socketId);
            if (socket != null) {
                leaveOwnRoom(socket);
            }
        } else {
            RoomNames names = sids.get(socketId);
            if (names == null) {
                return;
            }
            synchronized (names) {
                if (names.closed() || !names.remove(room)) {
                    return;
                }
                remove(socketId, room);
                if (names.size() == 0) {
                    close(socketId, names);
                }
            }
        }
        events.deliver();
    }

    /**
     * Closes the entry and removes it from the map. Must be the last step, because another thread may create a new
     * entry afterwards.
     */
    private void close(String socketId, RoomNames names) {
        names.close();
        sids.remove(socketId, names);
    }

    /** Removes a socket from a room. */
    private void remove(String socketId, String room) {
        if (leaveLarge(room, socketId)) {
            return;
        }
        rooms.computeIfPresent(room, (name, members) -> {
            members.remove(socketId);
            boolean emptied = members.isEmpty();
            if (events.observed()) {
                events.left(room, socketId, emptied && !isOwnRoom(room));
            }
            return emptied ? null : members;
        });
    }

    private void leaveOwnRoom(LocalSocket socket) {
        if (!events.observed()) {
            socket.ownRoom(false);
            return;
        }
        String id = socket.id();
        rooms.compute(id, (room, members) -> {
            if (socket.ownRoom(false)) {
                events.left(id, id, members == null);
            }
            return members;
        });
    }

    @Override
    public void delAll(String socketId) {
        LocalSocket socket = namespace.socket(socketId);
        if (socket != null) {
            leaveOwnRoom(socket);
        }
        RoomNames names = sids.get(socketId);
        if (names != null) {
            synchronized (names) {
                if (!names.closed()) {
                    for (String room : names.snapshot()) {
                        remove(socketId, room);
                    }
                    close(socketId, names);
                }
            }
        }
        events.deliver();
    }

    @Override
    public void broadcast(SocketPacket.Event packet, BroadcastOptions options) {
        notifyOutgoing(packet, write(packet, options));
    }

    /** Sends the event and returns the receivers that have outgoing listeners, which are called later. */
    private List<LocalSocket> write(SocketPacket.Event packet, BroadcastOptions options) {
        PacketWriter.Writing writing = writer.new Writing(packet, options.flags());
        select(options, writing);
        return writing.end();
    }

    /**
     * Chooses the receivers of an event and reserves its bytes for them without writing: for {@link
     * BroadcastOrder#broadcast}. Calls no listeners. The arguments should be {@linkplain #fix fixed}.
     */
    public StagedBroadcast stage(SocketPacket.Event packet, BroadcastOptions options) {
        return stage(packet, null, options);
    }

    /**
     * @param encoded the encoded packet; {@code null} to encode it if there is a receiver
     */
    StagedBroadcast stage(SocketPacket.Event packet, @Nullable EncodedPacket encoded, BroadcastOptions options) {
        PacketWriter.Staging staging = writer.new Staging(packet, encoded, options.flags());
        select(options, staging);
        return staging.end();
    }

    /**
     * Returns the event with its arguments encoded by the parser of the server, so that encoding it again runs no
     * application code.
     *
     * @throws BindingException if an argument cannot be encoded
     */
    public SocketPacket.Event fix(SocketPacket.Event packet) {
        return writer.fix(packet);
    }

    static void notifyOutgoing(SocketPacket.Event packet, List<LocalSocket> watching) {
        for (LocalSocket receiver : watching) {
            receiver.notifyOutgoing(packet.name(), packet.args());
        }
    }

    @Override
    public Runnable broadcastWithAck(
            SocketPacket.Event packet, BroadcastOptions options, IntConsumer clientCount, Consumer<Arguments> ack) {
        long id = namespace.nextAckId();
        List<LocalSocket> receivers = select(options);
        clientCount.accept(receivers.size());
        if (receivers.isEmpty()) {
            return () -> {};
        }
        for (LocalSocket receiver : receivers) {
            receiver.expectAck(id, ack);
        }
        try {
            PacketWriter.Writing writing = writer
            .new Writing(new SocketPacket.Event(namespace.name(), id, packet.name(), packet.args()), options.flags());
            receivers.forEach(writing);
            notifyOutgoing(packet, writing.end());
        } catch (RuntimeException | Error e) {
            receivers.forEach(receiver -> receiver.forgetAck(id));
            throw e;
        }
        return () -> receivers.forEach(receiver -> receiver.forgetAck(id));
    }

    @Override
    public CompletableFuture<Set<String>> sockets(Set<String> names) {
        Set<String> ids = new LinkedHashSet<>();
        for (LocalSocket socket : select(new BroadcastOptions(names, Set.of(), BroadcastFlags.NONE))) {
            ids.add(socket.id());
        }
        return CompletableFuture.completedFuture(ids);
    }

    @Override
    public @Nullable Set<String> socketRooms(String socketId) {
        LocalSocket socket = namespace.socket(socketId);
        RoomNames names = sids.get(socketId);
        boolean own = socket != null && socket.inOwnRoom();
        if (names == null && !own) {
            return null;
        }
        Set<String> all = new LinkedHashSet<>();
        if (own) {
            all.add(socketId);
        }
        if (names != null) {
            all.addAll(names.snapshot());
        }
        return all;
    }

    @Override
    public int roomCount(String socketId) {
        RoomNames names = sids.get(socketId);
        return names == null ? 0 : names.size();
    }

    /** Whether a socket of this server is in a room. */
    public boolean hasRoom(String room) {
        if (rooms.containsKey(room)) {
            return true;
        }
        LocalSocket owner = namespace.socket(room);
        return owner != null && owner.inOwnRoom();
    }

    @Override
    public Map<String, Set<String>> rooms() {
        Map<String, Set<String>> all = new HashMap<>();
        rooms.forEach((room, members) -> all.put(room, members.ids()));
        for (LocalSocket socket : namespace.connectedSockets()) {
            if (socket.inOwnRoom()) {
                all.computeIfAbsent(socket.id(), id -> new HashSet<>()).add(socket.id());
            }
        }
        return all;
    }

    @Override
    public CompletableFuture<List<SocketDetails>> fetchSockets(BroadcastOptions options) {
        return CompletableFuture.completedFuture(Collections.unmodifiableList(select(options)));
    }

    @Override
    public void addSockets(BroadcastOptions options, Collection<String> names) {
        String[] array = names.toArray(new String[0]);
        select(options).forEach(socket -> socket.join(array));
    }

    @Override
    public void delSockets(BroadcastOptions options, Collection<String> names) {
        String[] array = names.toArray(new String[0]);
        select(options).forEach(socket -> socket.leave(array));
    }

    @Override
    public void disconnectSockets(BroadcastOptions options, boolean close) {
        disconnectSockets(options, "", close);
    }

    @Override
    public void disconnectSockets(BroadcastOptions options, String reason, boolean close) {
        select(options).forEach(socket -> socket.disconnect(reason, close));
    }

    @Override
    public void serverSideEmit(String event, Arguments args) {
        LOG.log(
                Level.WARNING,
                AdapterLog.SERVER_SIDE_EMIT_WITHOUT_CLUSTER.text(
                        "this adapter does not support the serverSideEmit() functionality"));
    }

    @Override
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, Arguments args) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("this adapter does not support the serverSideEmit() functionality"));
    }

    @Override
    public void addRoomListener(RoomListener listener) {
        events.add(listener);
    }

    @Override
    public void removeRoomListener(RoomListener listener) {
        events.remove(listener);
    }

    /** The connected sockets that match the options, each once. */
    List<LocalSocket> select(BroadcastOptions options) {
        List<LocalSocket> selected = new ArrayList<>();
        select(options, selected::add);
        return selected;
    }

    private void select(BroadcastOptions options, Consumer<LocalSocket> selected) {
        Set<String> except = options.except();
        Excluded excluded = except.isEmpty() ? Excluded.NOBODY : new Excluded(except);
        if (options.rooms().isEmpty()) {
            for (LocalSocket socket : namespace.connectedSockets()) {
                if (socket.connected() && !excluded.has(socket, rooms)) {
                    selected.accept(socket);
                }
            }
            return;
        }
        Set<LocalSocket> seen = options.rooms().size() == 1 ? null : Collections.newSetFromMap(new IdentityHashMap<>());
        for (String room : options.rooms()) {
            LocalSocket owner = namespace.socket(room);
            if (owner != null && owner.inOwnRoom()) {
                select(owner, excluded, seen, selected);
            }
            RoomMembers members = rooms.get(room);
            if (members != null) {
                Consumer<LocalSocket> visitor = member -> {
                    if (member != owner) {
                        select(member, excluded, seen, selected);
                    }
                };
                if (seen == null) {
                    members.visitOnce(visitor);
                } else {
                    members.visit(visitor);
                }
            }
        }
    }

    private void select(
            LocalSocket socket, Excluded excluded, @Nullable Set<LocalSocket> seen, Consumer<LocalSocket> selected) {
        if (socket.connected() && !excluded.has(socket, rooms) && (seen == null || seen.add(socket))) {
            selected.accept(socket);
        }
    }

    /** The sockets in any of these rooms. */
    private record Excluded(Set<String> names) {
        static final Excluded NOBODY = new Excluded(Set.of());

        boolean has(LocalSocket socket, Map<String, RoomMembers> rooms) {
            if (names.isEmpty()) {
                return false;
            }
            String id = socket.id();
            if (names.contains(id) && socket.inOwnRoom()) {
                return true;
            }
            for (String name : names) {
                RoomMembers members = rooms.get(name);
                if (members != null && members.contains(id)) {
                    return true;
                }
            }
            return false;
        }
    }
}
