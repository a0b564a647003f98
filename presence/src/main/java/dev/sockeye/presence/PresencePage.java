package dev.sockeye.presence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the users, see {@link Presence#list}.
 *
 * @param users in the order of their ids
 * @param next what to give {@link Presence#list} for the following page; {@code null} after the last
 */
public record PresencePage(
        List<PresenceUser> users, @Nullable String next) {
    /** A page; the list is copied. */
    public PresencePage {
        users = List.copyOf(users);
    }
}
