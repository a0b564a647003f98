package dev.sockeye.socketio.server.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.server.RateLimit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of events and a bucket of bytes for each key. The number of keys is limited; above that, the least recently
 * used key is removed. Thread-safe.
 */
final class KeyedBuckets {
    private static final int STRIPES = 16;
    private static final int LEAST_FOR_STRIPES = 1_024;

    /** The permits that were missing. */
    enum Missing {
        NOTHING,
        EVENTS,
        BYTES
    }

    /**
     * @param nanos the time in nanoseconds until they are available
     */
    record Answer(Missing missing, long nanos) {
        static final Answer TAKEN = new Answer(Missing.NOTHING, 0);
    }

    private static final class State {
        private long eventsFullAt;
        private long bytesFullAt;

        State(long now) {
            eventsFullAt = now;
            bytesFullAt = now;
        }
    }

    private final @Nullable TokenBucket events;
    private final @Nullable TokenBucket bytes;
    private final Stripe[] stripes;

    private KeyedBuckets(@Nullable TokenBucket events, @Nullable TokenBucket bytes, int maxKeys) {
        this.events = events;
        this.bytes = bytes;
        stripes = new Stripe[maxKeys < LEAST_FOR_STRIPES ? 1 : STRIPES];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new Stripe(maxKeys / stripes.length);
        }
    }

    static @Nullable KeyedBuckets of(@Nullable RateLimit events, @Nullable RateLimit bytes, int maxKeys) {
        return events == null && bytes == null
                ? null
                : new KeyedBuckets(TokenBucket.of(events), TokenBucket.of(bytes), maxKeys);
    }

    /** Takes the permits of one event and its bytes, or none of them. */
    Answer take(String key, int size, long now) {
        return stripe(key).take(key, size, now);
    }

    /** Undoes {@link #take}. */
    void giveBack(String key, int size) {
        stripe(key).giveBack(key, size);
    }

    /** The number of keys. */
    int size() {
        int size = 0;
        for (Stripe stripe : stripes) {
            size += stripe.size();
        }
        return size;
    }

    private Stripe stripe(String key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return stripes[(hash >>> 28) % stripes.length];
    }

    private final class Stripe {
        @GuardedBy("this")
        private final Map<String, State> states;

        Stripe(int most) {
            states = new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
                    return size() > most;
                }
            };
        }

        synchronized Answer take(String key, int size, long now) {
            State state = states.get(key);
            if (state == null) {
                state = new State(now);
                states.put(key, state);
            }
            if (events != null) {
                long wait = events.waitFor(1, state.eventsFullAt, now);
                if (wait > 0) {
                    return new Answer(Missing.EVENTS, wait);
                }
            }
            if (bytes != null) {
                long wait = bytes.waitFor(size, state.bytesFullAt, now);
                if (wait > 0) {
                    return new Answer(Missing.BYTES, wait);
                }
                state.bytesFullAt = bytes.take(size, state.bytesFullAt, now);
            }
            if (events != null) {
                state.eventsFullAt = events.take(1, state.eventsFullAt, now);
            }
            return Answer.TAKEN;
        }

        synchronized void giveBack(String key, int size) {
            State state = states.get(key);
            if (state != null) {
                if (events != null) {
                    state.eventsFullAt = events.giveBack(1, state.eventsFullAt);
                }
                if (bytes != null) {
                    state.bytesFullAt = bytes.giveBack(size, state.bytesFullAt);
                }
            }
        }

        synchronized int size() {
            return states.size();
        }
    }
}
