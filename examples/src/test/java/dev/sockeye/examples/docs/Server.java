package dev.sockeye.examples.docs;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A running server with its clients, ended together. */
final class Server implements AutoCloseable {
    final SocketIoServer io;
    private final List<Client> clients = new ArrayList<>();

    Server(SocketIoServer io) throws IOException {
        this.io = io.listen(0);
    }

    static Server started() throws IOException {
        return new Server(SocketIoServer.create());
    }

    static Server started(SocketIoServerOptions options) throws IOException {
        return new Server(SocketIoServer.create(options));
    }

    /** A client that is connected. */
    Client client() {
        Client client = Client.connected(io.port());
        clients.add(client);
        return client;
    }

    /** A client that tries to connect. */
    Client client(Map<String, String> auth) {
        return client("/", auth);
    }

    /** A client that tries to join the namespace of this path. */
    Client client(String path, Map<String, String> auth) {
        Client client = new Client(io.port(), path, auth);
        clients.add(client);
        return client;
    }

    @Override
    public void close() throws Exception {
        clients.forEach(Client::close);
        io.closeAsync().get(10, TimeUnit.SECONDS);
    }
}
