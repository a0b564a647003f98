package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.server.Socket;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** When it was created. */
    final long joined;

    Stream stream;
    State state = State.PENDING;
    /** Its client has recovered on another server, which this server does not know yet. */
    boolean stale;
    /** When its server learned that its client has moved; -1 if it has not. Its session was taken before. */
    long moved = -1;

    /** Whether that server has stood still before: changes of the rooms in that time were not stored. */
    boolean movedAfterStop;
    /** When it was connected; -1 if it is not yet. */
    long connected = -1;
    /** When it was gone, or its server was killed; -1 if it is not. */
    long gone = -1;
    /** Its client was recovered from this socket. */
    @Nullable
    Member former;
    /** When its rooms were changed last. */
    long roomsChanged;
    /** The number of the next event that its client sends. */
    int nextFromClient;
    /** The last event that a Sockeye client sent on this connection. */
    int lastFromJava = -1;

    Member(Node node, Socket socket, int client, int attempt) {
        this.node = node;
        this.socket = socket;
        this.joined = node.simulation.now();
        this.id = socket.id();
        this.namespace = socket.namespace().name();
        this.client = client;
        this.attempt = attempt;
        this.name = "client" + client + namespace + "@" + attempt;
        this.stream = new Stream(name);
    }

    /** Whether another server may have had a socket of the same id after this time. */
    boolean hadTwinSince(long time) {
        for (Member twin = former; twin != null; twin = twin.former) {
            if (twin.gone < 0 || twin.gone >= time) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is connected, and was connected with the same rooms before this time. */
    boolean unchangedSince(long time) {
        return state == State.CONNECTED
                && !stale
                && !node.dead()
                && !node.leaving()
                && connected >= 0
                && connected < time
                && roomsChanged < time
                && socket.connected();
    }

    @Override
    public String toString() {
        return name;
    }
}
