package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.SocketDisconnectedException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One run of a seed.
 *
 * @param failure what went wrong; {@code null} if nothing did
 * @param hash the same for each run of a seed
 * @param events the number of events
 * @param trace the trace, if it was recorded
 */
record Run(long seed, @Nullable Throwable failure, long hash, long events, String trace) {
    private static final Logger LOGGER = Logger.getLogger("dev.sockeye");
    private static volatile @Nullable Simulation current;

    static {
        LOGGER.setUseParentHandlers(false);
        LOGGER.setLevel(Level.WARNING);
        LOGGER.addHandler(new Handler() {
            @Override
            public void publish(LogRecord message) {
                Simulation running = current;
                if (running != null) {
                    logged(running, message);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    /** A warning of the server is a finding, except for faults that handlers throw on purpose. */
    private static void logged(Simulation simulation, LogRecord message) {
        Throwable thrown = message.getThrown();
        if (simulation.over() || message.getLevel().intValue() < Level.WARNING.intValue() || thrown instanceof Fault) {
            return;
        }
        if (thrown instanceof Failure) {
            simulation.fail(thrown);
        } else if (!message.getMessage().contains("rejects tasks") && !isReported(message, thrown)) {
            simulation.fail(new Failure(
                    "the server logs: " + message.getMessage() + " " + thrown, thrown == null ? new Fault() : thrown));
        }
    }

    /** A client logs what it reports to its error listeners, which check it: {@link JavaSocket}. */
    private static boolean isReported(LogRecord message, @Nullable Throwable thrown) {
        return thrown instanceof SocketDisconnectedException
                && message.getLoggerName().contains(".client.");
    }

    /** Runs a seed. */
    static Run of(long seed, boolean trace) throws InterruptedException {
        Simulation simulation = new Simulation(seed, trace);
        current = simulation;
        simulation.at(0, "begin", () -> {
            var unused = new World(simulation);
        });
        Throwable failure = simulation.run();
        current = null;
        return new Run(seed, failure, simulation.trace.hash(), simulation.happened(), simulation.trace.text());
    }
}
