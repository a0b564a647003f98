package dev.sockeye.presence;

import org.jspecify.annotations.Nullable;

/**
 * A user at one server.
 *
 * @param sockets how many sockets there; 0 in the time of grace
 * @param since when the user came online, in milliseconds since 1970
 * @param stamp grows with each change of the metadata, over all servers; 0 when there never was any
 * @param metadata JSON; {@code null} for none
 */
record UserEntry(
        int sockets, long since, long stamp, @Nullable String metadata) {
    private static final String SEPARATOR = ";";
    private static final int FIELDS = 4;

    /** The form that is sent: numbers, then the JSON as it is. */
    String text() {
        return sockets + SEPARATOR + since + SEPARATOR + stamp + SEPARATOR + (metadata == null ? "" : metadata);
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static UserEntry of(String text) {
        String[] fields = text.split(SEPARATOR, FIELDS);
        if (fields.length < FIELDS) {
            throw new IllegalArgumentException("not an entry of a user");
        }
        String metadata = fields[FIELDS - 1];
        return new UserEntry(
                Integer.parseInt(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                metadata.isEmpty() ? null : metadata);
    }

    /** Whether its metadata is the newer one; of two changes at the same time one wins, the same on each server. */
    boolean newerThan(@Nullable UserEntry other) {
        if (other == null || stamp != other.stamp) {
            return other == null || stamp > other.stamp;
        }
        String mine = metadata == null ? "" : metadata;
        String its = other.metadata == null ? "" : other.metadata;
        return mine.compareTo(its) > 0;
    }
}
