package dev.sockeye.engineio;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether messages may be dropped while they wait for a slow peer, before the transport has them. Immutable. Sockeye's own.
 */
public final class Retention {

    /** They are kept until they are written, or the session ends. */
    public static final Retention KEEP = new Retention(false, null);

    /** {@link SlowClientPolicy#DROP_OLDEST} may drop them. */
    public static final Retention DROPPABLE = new Retention(true, null);

    private record Key(String scope, String name) {}

    private final boolean droppable;
    private final @Nullable Key key;

    private Retention(boolean droppable, @Nullable Key key) {
        this.droppable = droppable;
        this.key = key;
    }

    /**
     * Newer messages with the same scope and key replace them, and {@link SlowClientPolicy#DROP_OLDEST} may drop them.
     *
     * @param scope what the key belongs to: a namespace
     */
    public static Retention latest(String scope, String key) {
        return new Retention(true, new Key(scope, Objects.requireNonNull(key)));
    }

    boolean droppable() {
        return droppable;
    }

    /** What newer messages are compared by; {@code null} when they replace nothing. */
    @Nullable
    Object key() {
        return key;
    }
}
