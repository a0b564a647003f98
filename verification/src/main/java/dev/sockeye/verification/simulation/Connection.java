package dev.sockeye.verification.simulation;

import org.jspecify.annotations.Nullable;

/** A TCP connection between a client and a server. */
final class Connection {

    /** One end of it. */
    interface End {
        /** The other end has closed the connection, or it broke; nothing more is received. */
        void onLost();
    }

    final Pipe up;
    final Pipe down;
    private final Simulation simulation;
    private final long latency;
    private End client = () -> {};
    private End server = () -> {};
    private boolean closed;
    private boolean silent;

    Connection(Simulation simulation, String name, long latency, long jitter) {
        this.simulation = simulation;
        this.latency = latency;
        this.up = new Pipe(simulation, name + " up", latency, jitter);
        this.down = new Pipe(simulation, name + " down", latency, jitter);
    }

    void client(End end) {
        client = end;
    }

    void server(End end) {
        server = end;
    }

    boolean closed() {
        return closed;
    }

    /** Breaks the connection: data in transit is lost, and both ends detect it at different times. */
    void cut() {
        closeBy(null);
    }

    /** Closes the connection at one end; the other end detects it. */
    void closeBy(@Nullable End who) {
        if (closed) {
            return;
        }
        closed = true;
        up.close();
        down.close();
        if (silent) {
            return;
        }
        if (who != client) {
            simulation.after(simulation.dice.between(latency / 2, latency * 2), "lost", () -> client.onLost());
        }
        if (who != server) {
            simulation.after(simulation.dice.between(latency / 2, latency * 2), "lost", () -> server.onLost());
        }
    }

    /** Makes the connection half-open: no data is transferred, and neither end is notified. */
    void silence() {
        silent = true;
        up.silence();
        down.silence();
    }

    void stall(boolean on) {
        up.stall(on);
        down.stall(on);
    }
}
