package dev.sockeye.presence;

import org.jspecify.annotations.Nullable;

/**
 * A user on one server.
 *
 * @param sockets the number of sockets on that server; 0 during the grace time
 * @param since when the user came online, in milliseconds since 1970
 * @param stamp increases with each change of the metadata on any server; 0 if there was none
 * @param metadata JSON; {@code null} for none
 */
record UserEntry(
        int sockets, long since, long stamp, @Nullable String metadata) {
    private static final String SEPARATOR = ";";
    private static final int FIELDS = 4;

    /** The form in which it is sent: numbers, followed by the JSON text. */
    String text() {
        return sockets + SEPARATOR + since + SEPARATOR + stamp + SEPARATOR + (metadata == null ? "" : metadata);
    }

    /**
     * Parses an entry.
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

    /** Whether its metadata is newer. If two changes have the same time, all servers choose the same one. */
    boolean newerThan(@Nullable UserEntry other) {
        if (other == null || stamp != other.stamp) {
            return other == null || stamp > other.stamp;
        }
        String mine = metadata == null ? "" : metadata;
        String its = other.metadata == null ? "" : other.metadata;
        return mine.compareTo(its) > 0;
    }
}
