package dev.sockeye.verification.cluster;

import java.io.IOException;

/** A real broker in a process of its own, for the cluster programs. */
public interface BrokerServer extends AutoCloseable {

    /** Where it is, for {@link Broker#adapter}. */
    String uri();

    /** It stands still. */
    void pause() throws IOException, InterruptedException;

    /** It goes on. */
    void resume() throws IOException, InterruptedException;

    /** Ends it at once. */
    void kill() throws IOException, InterruptedException;

    /** Starts it again on the same port and with the same data. */
    void startAgain() throws IOException;

    /** It refuses to store anything more. */
    void fill() throws IOException;

    /** It stores again. */
    void makeRoom() throws IOException;

    /** Processor time of all its processes so far. */
    long cpuMicros() throws IOException;

    @Override
    void close();
}
