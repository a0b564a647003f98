package dev.sockeye.presence;

import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.Payload;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of an online user. Immutable. As an argument of {@code emit}, alone or inside a list, map or record, it is sent as
 * <code>{"id": "ada", "since": "2026-01-01T00:00:00Z", "sockets": 1, "metadata": {...}}</code>.
 */
public final class PresenceUser implements Payload {
    private final String id;
    private final Instant since;
    private final int sockets;
    private final @Nullable String json;
    private final Metadata metadata;

    PresenceUser(String id, Instant since, int sockets, @Nullable String json, Metadata metadata) {
        this.id = id;
        this.since = since;
        this.sockets = sockets;
        this.json = json;
        this.metadata = metadata;
    }

    /** The id that was passed to {@link Presence#join}. */
    public String id() {
        return id;
    }

    /** When the user came online, by the clock of the server on which the user joined. */
    public Instant since() {
        return since;
    }

    /** The number of sockets of the user on all servers; 0 during the grace time. */
    public int sockets() {
        return sockets;
    }

    /** The metadata as its natural type (see {@link Payload}), decoded on each call; {@code null} for none. */
    public @Nullable Object metadata() {
        return metadata.read(json, Object.class);
    }

    /**
     * The metadata converted to a class, decoded on each call; {@code null} for none.
     *
     * @throws BindingException if it cannot be converted
     */
    public <T> @Nullable T metadata(Class<T> type) {
        return type.cast(metadata.read(json, type));
    }

    boolean sameMetadata(PresenceUser other) {
        return Objects.equals(json, other.json);
    }

    /** The form in which it is sent, as a map. */
    @Override
    public Map<String, @Nullable Object> get() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("id", id);
        document.put("since", since.toString());
        document.put("sockets", sockets);
        document.put("metadata", metadata());
        return document;
    }

    @Override
    public @Nullable Object get(Type type) {
        return metadata.convert(get(), type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PresenceUser user
                && id.equals(user.id)
                && since.equals(user.since)
                && sockets == user.sockets
                && sameMetadata(user);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, since, sockets, json);
    }

    @Override
    public String toString() {
        return "PresenceUser[" + id + " since " + since + ", " + sockets + " sockets, " + json + "]";
    }
}
