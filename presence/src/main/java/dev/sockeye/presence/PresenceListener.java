package dev.sockeye.presence;

/** Called when a user comes online, goes offline or has new metadata. */
@FunctionalInterface
public interface PresenceListener {

    /**
     * A change. Called on the handler executor of the server, one call at a time, for each user in the order of the changes; may block. A
     * listener that is slower than the changes gets the last state of a user and not each step to it.
     *
     * @throws Exception is logged
     */
    void changed(PresenceChange change) throws Exception;
}
