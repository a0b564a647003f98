package dev.sockeye.presence;

import dev.sockeye.log.LogEvent;

/** The log events of presence. See {@link LogEvent} for the rules. */
enum PresenceLog implements LogEvent {
    /**
     * A listener of a presence threw an exception.
     *
     * <p>Fix the listener.
     */
    LISTENER_FAILED(4001),

    /**
     * A change was not sent to the clients.
     *
     * <p>Look at the cause. Metadata that cannot be encoded is the usual one.
     */
    CLIENTS_NOT_NOTIFIED(4002),

    /**
     * A message of another server cannot be used. Later ones are not logged.
     *
     * <p>Run versions that understand each other on all servers, with the same names of presences.
     */
    MESSAGE_REFUSED(4003),

    /**
     * There are more rooms than {@code maxRooms}. The others are not counted.
     *
     * <p>Raise {@code maxRooms}, or count rooms of one prefix only.
     */
    TOO_MANY_ROOMS(4004);

    private final int number;

    PresenceLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
