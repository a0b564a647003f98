package dev.sockeye.presence;

/**
 * A change of the users who are online.
 *
 * @param kind what has changed
 * @param user the current state of the user; if offline, the last state
 */
public record PresenceChange(Kind kind, PresenceUser user) {

    /** What has changed. */
    public enum Kind {
        /** The user has come online: the first socket of the cluster has joined. */
        ONLINE("presence:online"),
        /** The metadata of the user has changed. */
        UPDATED("presence:updated"),
        /** The user is offline: the last socket of the cluster has left, and the grace time is over. */
        OFFLINE("presence:offline");

        private final String event;

        Kind(String event) {
            this.event = event;
        }

        /** The name of the event that clients receive, see {@link Presence#announceTo}. */
        public String event() {
            return event;
        }
    }
}
