package dev.sockeye.verification.cluster;

import java.io.IOException;

/** A real broker in a separate process, for the cluster programs. */
public interface BrokerServer extends AutoCloseable {

    /** Its address, for {@link Broker#adapter}. */
    String uri();

    /** Suspends the broker. */
    void pause() throws IOException, InterruptedException;

    /** Resumes the broker. */
    void resume() throws IOException, InterruptedException;

    /** Kills the broker. */
    void kill() throws IOException, InterruptedException;

    /** Starts the broker again on the same port and with the same data. */
    void startAgain() throws IOException;

    /** Makes the broker reject all writes, as with a full disk. */
    void fill() throws IOException;

    /** Makes the broker accept writes again. */
    void makeRoom() throws IOException;

    /** The CPU time that all its processes have used so far. */
    long cpuMicros() throws IOException;

    @Override
    void close();
}
