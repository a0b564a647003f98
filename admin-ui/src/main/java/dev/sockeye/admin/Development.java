package dev.sockeye.admin;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineListener;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketHandler;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports all sockets, rooms and events of this server to the admins. Creates no messages while no admin is connected. Called
 * on the threads on which the events occur.
 */
final class Development implements EngineListener {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** The listeners to remove from a namespace. */
    private record Hook(SocketHandler handler, Adapter adapter, RoomListener rooms) {}

    private final AdminNamespace admins;
    private final SocketDocuments documents;
    private final Map<Namespace, Hook> hooks = new ConcurrentHashMap<>();
    private final Map<EngineSocket, Set<Socket>> sockets = new ConcurrentHashMap<>();
    private final DataWatch data;
    private volatile boolean closed;

    Development(AdminNamespace admins, SocketDocuments documents) {
        this.admins = admins;
        this.documents = documents;
        this.data = new DataWatch(admins);
    }

    static String now() {
        return DATE.format(Instant.now());
    }

    DataWatch data() {
        return data;
    }

    /** Observes the sockets of a namespace. */
    void follow(Namespace namespace) {
        if (closed) {
            return;
        }
        String name = namespace.name();
        RoomListener rooms = new RoomListener() {
            @Override
            public void onJoinRoom(String room, String socketId) {
                report("room_joined", name, room, socketId);
            }

            @Override
            public void onLeaveRoom(String room, String socketId) {
                report("room_left", name, room, socketId);
            }
        };
        Hook hook = new Hook(socket -> connected(socket, name), namespace.adapter(), rooms);
        if (hooks.putIfAbsent(namespace, hook) == null) {
            namespace.prependConnection(hook.handler);
            hook.adapter.addRoomListener(rooms);
        }
    }

    /** Releases namespaces that no longer exist. */
    void retain(java.util.Collection<Namespace> there) {
        hooks.keySet().retainAll(there);
    }

    private void report(String event, String namespace, String room, String socketId) {
        if (admins.mayBeWatched()) {
            admins.emit(event, namespace, room, socketId, now());
        }
    }

    private void connected(Socket socket, String namespace) {
        if (closed) {
            return;
        }
        socket.data().put(SocketDocuments.ADMIN, SocketDocuments.adminData(socket));
        EngineSocket session = socket.conn();
        sockets.compute(session, (key, known) -> {
            Set<Socket> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(socket);
            return all;
        });
        if (admins.mayBeWatched()) {
            Map<String, @Nullable Object> document = documents.of(socket, namespace);
            data.follow(socket, namespace, document.get("data"));
            admins.emit("socket_connected", document, now());
        } else {
            data.follow(socket, namespace, null);
        }
        boolean isAdmin = namespace.equals(admins.namespace().name());
        if (!isAdmin) {
            socket.onAny((event, args) -> event("event_received", namespace, socket, event, args));
            socket.onAnyOutgoing((event, args) -> event("event_sent", namespace, socket, event, args));
        }
        // in "disconnecting", because that is called before the socket leaves its rooms
        socket.onDisconnecting((reason, description) -> {
            if (!closed && admins.mayBeWatched()) {
                admins.emit("socket_disconnected", namespace, socket.id(), reason.text(), now());
            }
        });
        socket.onDisconnect((reason, description) -> {
            data.forget(socket);
            forget(session, socket);
        });
        if (!socket.connected()) {
            data.forget(socket);
            forget(session, socket);
        }
    }

    private void forget(EngineSocket session, Socket socket) {
        sockets.computeIfPresent(session, (key, all) -> {
            all.remove(socket);
            return all.isEmpty() ? null : all;
        });
    }

    private void event(String type, String namespace, Socket socket, String event, Arguments args) {
        if (closed || !admins.watched()) {
            return;
        }
        List<@Nullable Object> all = new ArrayList<>(args.size() + 1);
        all.add(event);
        for (int i = 0; i < args.size(); i++) {
            all.add(args.payload(i));
        }
        admins.emitMuch(type, namespace, socket.id(), all, now());
    }

    @Override
    public void onUpgrade(EngineSocket session, String transport) {
        for (Socket socket : sockets.getOrDefault(session, Set.of())) {
            socket.data().put(SocketDocuments.ADMIN, SocketDocuments.adminData(socket));
            if (admins.mayBeWatched()) {
                Map<String, Object> update = new LinkedHashMap<>(4);
                update.put("id", socket.id());
                update.put("nsp", socket.namespace().name());
                update.put("transport", transport);
                admins.emit("socket_updated", update);
            }
        }
    }

    @Override
    public void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {
        sockets.remove(session);
    }

    void close() {
        closed = true;
        hooks.forEach((namespace, hook) -> {
            namespace.offConnection(hook.handler);
            hook.adapter.removeRoomListener(hook.rooms);
        });
        hooks.clear();
        sockets.clear();
    }
}
