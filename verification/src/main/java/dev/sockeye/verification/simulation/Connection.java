package dev.sockeye.verification.simulation;

import org.jspecify.annotations.Nullable;

/** A TCP connection between a client and a server. */
final class Connection {

    /** One end of it. */
    interface End {
        /** The other end has closed it, or it broke; nothing arrives any more. */
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

    /** Breaks: what is under way is lost, both ends learn it, each in its time. */
    void cut() {
        closeBy(null);
    }

    /** One end closes; the other learns it. */
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

    /** Half-open from now on: nothing passes and neither end is told. */
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
