package dev.sockeye.presence;

/** Called when a user comes online, goes offline or has new metadata. */
@FunctionalInterface
public interface PresenceListener {

    /**
     * Handles a change. Called on the handler executor of the server, one call at a time, and for each user in the order of the
     * changes; may block. A listener that is slower than the changes receives the latest state of a user, and not every
     * intermediate state.
     *
     * @throws Exception is logged
     */
    void changed(PresenceChange change) throws Exception;
}
