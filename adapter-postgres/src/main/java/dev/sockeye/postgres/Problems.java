package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The current problems with PostgreSQL, for each part of the adapter: one part may work while another one fails. A problem is
 * logged once, and at most once a minute if it comes and goes.
 */
final class Problems {
    private static final Logger LOG = System.getLogger(PostgresAdapter.class.getName());
    private static final long AGAIN = TimeUnit.MINUTES.toNanos(1);

    /** The parts, in the order in which the health status reports them. */
    enum Part {
        LISTENER,
        APPENDER,
        SENDER,
        ATTACHMENTS
    }

    @GuardedBy("this")
    private final Map<Part, String> texts = new EnumMap<>(Part.class);

    @GuardedBy("this")
    private @Nullable String logged;

    @GuardedBy("this")
    private long loggedAt;

    /** Whether a warning was logged since PostgreSQL was last available. */
    @GuardedBy("this")
    private boolean warned;

    private volatile @Nullable String first;

    /** The first current problem; {@code null} if there is none. */
    @Nullable
    String first() {
        return first;
    }

    /** @param away whether PostgreSQL is unreachable, which affects all parts */
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
        LOG.log(known ? Level.DEBUG : Level.WARNING, PostgresLog.PROBLEM.text(text));
    }

    /** The part works. */
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
            LOG.log(Level.INFO, PostgresLog.AVAILABLE_AGAIN.text("PostgreSQL is available again"));
        }
    }
}
