package dev.sockeye.presence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the list of users, see {@link Presence#list}.
 *
 * @param users in the order of their ids
 * @param next the argument of {@link Presence#list} for the next page; {@code null} if this is the last page
 */
public record PresencePage(
        List<PresenceUser> users, @Nullable String next) {
    /** Creates a page; the list is copied. */
    public PresencePage {
        users = List.copyOf(users);
    }
}
