package dev.sockeye.presence;

import org.jspecify.annotations.Nullable;

/** Follows the entries of all servers. */
@FunctionalInterface
interface EntryListener {

    /**
     * An entry has changed. Called under the lock of {@link Replication}: must not call anybody's code.
     *
     * @param server the server that owns it; empty for this one
     * @param before its value before; {@code null} when it is new
     * @param now its value; {@code null} when it was removed
     */
    void changed(String server, String key, @Nullable String before, @Nullable String now);
}
