package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with PostgreSQL, by the part of the adapter that has seen it: one part may work while another one does not. A problem
 * is logged once, and at most once a minute when it comes and goes.
 */
final class Problems {
    private static final Logger LOG = System.getLogger(PostgresAdapter.class.getName());
    private static final long AGAIN = TimeUnit.MINUTES.toNanos(1);

    /** In the order of what the health names first. */
    enum Part {
        LISTENER,
        APPENDER,
        SENDER
    }

    @GuardedBy("this")
    private final Map<Part, String> texts = new EnumMap<>(Part.class);

    @GuardedBy("this")
    private @Nullable String logged;

    @GuardedBy("this")
    private long loggedAt;

    /** Whether there was a warning since PostgreSQL was there the last time. */
    @GuardedBy("this")
    private boolean warned;

    private volatile @Nullable String first;

    /** The first problem that there is; {@code null} for none. */
    @Nullable
    String first() {
        return first;
    }

    /** @param away whether PostgreSQL cannot be reached, which all parts notice */
    void failed(Part part, String text, boolean away) {
        boolean known;
        synchronized (this) {
            long now = System.nanoTime();
            known = (away && !texts.isEmpty())
                    || text.equals(texts.get(part))
                    || (text.equals(logged) && now - loggedAt < AGAIN);
            texts.put(part, text);
            first = texts.values().iterator().next();
            if (!known) {
                logged = text;
                loggedAt = now;
                warned = true;
            }
        }
        LOG.log(known ? Level.DEBUG : Level.WARNING, text);
    }

    /** This part works. */
    void good(Part part) {
        if (first == null) {
            return;
        }
        boolean over;
        synchronized (this) {
            boolean had = texts.remove(part) != null;
            first = texts.isEmpty() ? null : texts.values().iterator().next();
            over = had && warned && texts.isEmpty();
            warned &= !over;
        }
        if (over) {
            LOG.log(Level.INFO, "PostgreSQL is there again");
        }
    }
}
