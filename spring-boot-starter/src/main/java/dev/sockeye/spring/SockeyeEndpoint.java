package dev.sockeye.spring;

import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/sockeye}: the state of this server. The rooms of individual sockets, which are named after their ids, are omitted. */
@Endpoint(id = "sockeye")
final class SockeyeEndpoint {
    private final SocketIoServer io;

    SockeyeEndpoint(SocketIoServer io) {
        this.io = io;
    }

    record Overview(String path, int connections, Map<String, NamespaceView> namespaces) {}

    record NamespaceView(int sockets, Map<String, Integer> rooms) {}

    @ReadOperation
    Overview overview() {
        Map<String, NamespaceView> namespaces = new TreeMap<>();
        for (Namespace namespace : io.namespaces().values()) {
            Set<String> own = namespace.sockets().keySet();
            Map<String, Integer> rooms = new TreeMap<>();
            namespace.adapter().rooms().forEach((room, members) -> {
                if (!own.contains(room)) {
                    rooms.put(room, members.size());
                }
            });
            namespaces.put(namespace.name(), new NamespaceView(own.size(), rooms));
        }
        return new Overview(io.path(), io.engine().clientsCount(), namespaces);
    }
}
