package dev.sockeye.engineio;

import org.jspecify.annotations.Nullable;

/**
 * Observes all sessions of a server, for metrics and tools. Allocates no object for each message, in contrast to {@link
 * EngineSocketListener.Observer}, which receives the packets.
 *
 * <p>Unless documented otherwise, the methods run on the loop of the session, in order, and must not block. Exceptions are logged.
 */
public interface EngineListener {

    /** A session was opened, with its first transport. Called before anything is read or sent. */
    default void onOpen(EngineSocket session) {}

    /** The session was upgraded to another transport. */
    default void onUpgrade(EngineSocket session, String transport) {}

    /** The session has ended. Called once for each session that was opened. */
    default void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {}

    /**
     * A message of this size in bytes was received from the peer; text is counted as UTF-8. Also called for empty
     * messages.
     */
    default void onReceived(EngineSocket session, int bytes) {}

    /**
     * A message of this size in bytes is about to be queued for the peer; text is counted as UTF-8. Also called for
     * empty messages. Also called on a handler's thread, if that thread writes to the socket directly.
     */
    default void onSent(EngineSocket session, int bytes) {}

    /**
     * Messages that waited for a slow peer were dropped: an event, with its attachments. Also called on a sender's thread, when the loop
     * itself is behind.
     *
     * @param replaced by a newer one with the same key ({@link Retention#latest}); else by {@link SlowClientPolicy#DROP_OLDEST}
     */
    default void onDropped(EngineSocket session, boolean replaced) {}

    /** Reading from the peer was paused or resumed, because the application does not keep up, or keeps up again. */
    default void onReadingPaused(EngineSocket session, boolean paused) {}
}
