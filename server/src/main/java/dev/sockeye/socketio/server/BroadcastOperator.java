package dev.sockeye.socketio.server;

/**
 * An immutable chain of {@code to}, {@code except} and flags. Official counterpart: {@code BroadcastOperator}.
 * Thread-safe.
 *
 * <p>Implemented by Sockeye only.
 */
public interface BroadcastOperator extends BroadcastTarget {}
