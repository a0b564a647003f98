package dev.sockeye.postgres;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The warnings of the adapter, and how often an event could not be added. */
final class Warnings extends Handler implements AutoCloseable {
    final List<String> texts = new CopyOnWriteArrayList<>();
    private final Semaphore failures = new Semaphore(0);
    private final Logger logger = Logger.getLogger(PostgresAdapter.class.getName());

    Warnings() {
        logger.setLevel(Level.FINE);
        logger.addHandler(this);
    }

    /** Whether another event could not be added since the last call. */
    boolean appendFailed() {
        return failures.drainPermits() > 0;
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
            texts.add(line.getMessage());
        }
        if (line.getMessage().contains("cannot be added")) {
            failures.release();
        }
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}
