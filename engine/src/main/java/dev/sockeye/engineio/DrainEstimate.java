package dev.sockeye.engineio;

/**
 * Finds out what a busy transport has written meanwhile, though it is never without something to write: everything that it had
 * at one moment is out once no more waits than it was given since.
 */
final class DrainEstimate {
    private long counted;
    private long since;

    /** @param counted what the transport has now counts for */
    DrainEstimate(long counted) {
        this.counted = counted;
    }

    /**
     * The transport was given more.
     *
     * @param more by how many bytes what waits there has grown, at least; in its own measure
     * @param left what waits there, in its own measure
     * @param handed what it has counts for, that which was written since the last answer included
     * @return what counts no more
     */
    long written(long more, long left, long handed) {
        since += Math.max(0, more);
        if (left > since) {
            return 0;
        }
        long out = Math.min(counted, handed);
        counted = handed - out;
        since = 0;
        return out;
    }
}
