package dev.sockeye.engineio;

import org.jspecify.annotations.Nullable;

/**
 * Follows all sessions of a server, for metrics and tools. Costs no object for each message, other than {@link
 * EngineSocketListener.Observer}, which gets the packets themselves.
 *
 * <p>The methods run on the loop of the session, in order, and must not block. What they throw is logged.
 */
public interface EngineListener {

    /** A session is open; its first transport is known. Called before anything is read or sent. */
    default void onOpen(EngineSocket session) {}

    /** The session goes on with another transport. */
    default void onUpgrade(EngineSocket session, String transport) {}

    /** The session has ended. Called once for each session that was opened. */
    default void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {}

    /** A message of this many bytes has come from the peer; text counts in UTF-8. Called for empty ones too. */
    default void onReceived(EngineSocket session, int bytes) {}

    /** A message of this many bytes is about to be queued for the peer; text counts in UTF-8. Called for empty ones too. */
    default void onSent(EngineSocket session, int bytes) {}

    /**
     * Messages that waited for a slow peer were dropped: an event, with its attachments. Also called on a sender's thread, when the loop
     * itself is behind.
     *
     * @param replaced by a newer one with the same key ({@link Retention#latest}); else by {@link SlowClientPolicy#DROP_OLDEST}
     */
    default void onDropped(EngineSocket session, boolean replaced) {}

    /** Reading from the peer has stopped, or goes on: the application does not keep up, or keeps up again. */
    default void onReadingPaused(EngineSocket session, boolean paused) {}
}
