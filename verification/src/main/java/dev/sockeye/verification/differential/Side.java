package dev.sockeye.verification.differential;

import java.util.List;

/** One of the two servers. */
interface Side extends AutoCloseable {
    String name();

    int port(Profile profile);

    /** Returns and clears what the application has logged in a run, in order. */
    List<String> log(String run);

    /** The number of uncaught errors, each of which would have ended the process. */
    int crashes();

    @Override
    void close();
}
