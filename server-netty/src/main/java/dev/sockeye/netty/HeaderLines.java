package dev.sockeye.netty;

import java.util.Arrays;

/**
 * The header lines of a {@link WholeRequest}: as received, up to the empty line, and as stored by {@link NettyRequest}. Clients usually
 * send the same lines with each request, so that a connection keeps the last ones and the next request need not be parsed again.
 */
final class HeaderLines {

    /** Longer lines are not kept for the next request. */
    private static final int LONGEST_KEPT = 2 * 1024;

    private final byte[] received;
    private final byte[] facts;
    private final int announced;

    /** @param announced the length of the body; -1 if there is no such header */
    HeaderLines(byte[] received, byte[] facts, int announced) {
        this.received = received;
        this.facts = facts;
        this.announced = announced;
    }

    byte[] facts() {
        return facts;
    }

    int length() {
        return received.length;
    }

    int announced() {
        return announced;
    }

    boolean worthKeeping() {
        return received.length <= LONGEST_KEPT;
    }

    /** Whether these lines, including the empty one, are at this place. */
    boolean at(byte[] bytes, int from, int end) {
        return from + received.length <= end
                && Arrays.equals(bytes, from, from + received.length, received, 0, received.length);
    }
}
