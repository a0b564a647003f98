package dev.sockeye.verification.differential;

import java.util.List;

/** One of the two servers. */
interface Side extends AutoCloseable {
    String name();

    int port(Profile profile);

    /** What the application of a run has seen, in order; forgotten by this call. */
    List<String> log(String run);

    /** How many errors nobody caught, each of which would have ended the process. */
    int crashes();

    @Override
    void close();
}
