package dev.sockeye.presence;

/**
 * A change of who is online.
 *
 * @param kind what has changed
 * @param user the user as of now; one that is offline as it was last
 */
public record PresenceChange(Kind kind, PresenceUser user) {

    /** What has changed. */
    public enum Kind {
        /** The user has come online: the first socket of the cluster has joined. */
        ONLINE("presence:online"),
        /** The metadata of the user has changed. */
        UPDATED("presence:updated"),
        /** The user is offline: the last socket of the cluster has left, and the time of grace is over. */
        OFFLINE("presence:offline");

        private final String event;

        Kind(String event) {
            this.event = event;
        }

        /** The name of the event that clients get, see {@link Presence#announceTo}. */
        public String event() {
            return event;
        }
    }
}
