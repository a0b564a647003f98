package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.server.Socket;
import java.util.LinkedHashSet;
import java.util.Set;

/** A socket of a server, as known to the application. */
final class Member {
    enum State {
        PENDING,
        CONNECTED,
        DISCONNECTING,
        GONE
    }

    final Node node;
    final Socket socket;
    final String id;
    final String namespace;
    private final String name;
    final int client;
    final int attempt;
    final Set<String> rooms = new LinkedHashSet<>();
    /** The rooms that a recovery has restored. */
    final Set<String> roomsAtStart = new LinkedHashSet<>();

    Stream stream;
    State state = State.PENDING;
    /** Its client has recovered on another server, which this server does not know yet. */
    boolean stale;
    /** When its server learned that its client has moved; -1 if it has not. Its session was taken before. */
    long moved = -1;
    /** When its rooms were changed last. */
    long roomsChanged;
    /** The number of the next event that its client sends. */
    int nextFromClient;
    /** The last event that a Sockeye client sent on this connection. */
    int lastFromJava = -1;

    Member(Node node, Socket socket, int client, int attempt) {
        this.node = node;
        this.socket = socket;
        this.id = socket.id();
        this.namespace = socket.namespace().name();
        this.client = client;
        this.attempt = attempt;
        this.name = "client" + client + namespace + "@" + attempt;
        this.stream = new Stream(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
