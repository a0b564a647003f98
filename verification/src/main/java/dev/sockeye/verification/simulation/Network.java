package dev.sockeye.verification.simulation;

import dev.sockeye.runtime.Mailbox;
import java.util.ArrayList;
import java.util.List;

/** All connections of a run. */
final class Network {
    private final Simulation simulation;
    private final long latency;
    private final long jitter;
    private int largest;
    private final List<Connection> connections = new ArrayList<>();

    Network(Simulation simulation, Plan plan) {
        this.simulation = simulation;
        this.latency = plan.latency;
        this.jitter = plan.jitter;
    }

    Connection connect(String name) {
        Connection made = new Connection(simulation, name, latency, jitter);
        if (connections.size() > 64) {
            connections.removeIf(Connection::closed);
        }
        connections.add(made);
        return made;
    }

    /** A client sends this number of bytes at a time: a message, or the body of a request. */
    void sends(int bytes) {
        largest = Math.max(largest, bytes + Mailbox.LEAST_BYTES);
    }

    /** The maximum that a server may have to read at a time. */
    int largest() {
        return largest;
    }

    /** The open connections. */
    List<Connection> open() {
        connections.removeIf(Connection::closed);
        return connections;
    }

    /** Stops all faults; only half-open connections stay half-open. */
    void heal() {
        for (Connection connection : open()) {
            connection.stall(false);
            connection.down.slow(0);
        }
    }
}
