package dev.sockeye.engineio;

/**
 * Estimates what a transport has written that always has pending data: everything it had at one time has been written
 * once its pending data does not exceed the data added since then.
 */
final class DrainEstimate {
    private long counted;
    private long since;

    /**
     * @param counted the size of the data that the transport has now
     */
    DrainEstimate(long counted) {
        this.counted = counted;
    }

    /**
     * More data was passed to the transport.
     *
     * @param more the minimum growth of its pending bytes, as measured by the transport
     * @param left its pending bytes, as measured by the transport
     * @param handed the counted size of the data that it has, including the data written since the last call
     * @return the counted size of the data that has been written
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
