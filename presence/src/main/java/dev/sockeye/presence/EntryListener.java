package dev.sockeye.presence;

import org.jspecify.annotations.Nullable;

/** Listens to changes of the entries of all servers. */
@FunctionalInterface
interface EntryListener {

    /**
     * An entry has changed. Called under the lock of {@link Replication}: must not call foreign code.
     *
     * @param server the server that owns the entry; empty for this server
     * @param before its previous value; {@code null} if it is new
     * @param now its current value; {@code null} if it was removed
     */
    void changed(String server, String key, @Nullable String before, @Nullable String now);
}
