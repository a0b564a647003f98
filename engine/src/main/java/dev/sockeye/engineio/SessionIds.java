package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Generates session ids. Official counterpart: {@code engine.generateId}. Ids are secrets: anyone who knows an id can
 * take over the session. Called on an I/O thread.
 */
@FunctionalInterface
public interface SessionIds {

    /** Generates the id of a new session. A stage that fails refuses the handshake with code 3. */
    CompletionStage<String> generate(HostRequest request);

    /** Generates 20 URL-safe characters from 15 random bytes and a counter. */
    static SessionIds random() {
        return request -> CompletableFuture.completedFuture(RandomIds.next());
    }

    /** The default generator, also for the ids of Socket.IO sockets. */
    final class RandomIds {
        private static final SecureRandom RANDOM = new SecureRandom();
        private static final AtomicInteger COUNTER = new AtomicInteger();
        private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
        private static final int LENGTH = 15;
        /** The other bytes are the counter. */
        private static final int RANDOM_BYTES = 11;

        private static final Source[] SOURCES = sources();

        private RandomIds() {}

        private static Source[] sources() {
            int cores = Runtime.getRuntime().availableProcessors();
            Source[] sources = new Source[Integer.highestOneBit(Math.max(1, Math.min(cores * 2, 128)))];
            Arrays.setAll(sources, i -> new Source());
            return sources;
        }

        /** Generates a new id. */
        public static String next() {
            byte[] bytes = new byte[LENGTH];
            int count = COUNTER.getAndIncrement();
            SOURCES[(int) Thread.currentThread().getId() & SOURCES.length - 1].take(bytes);
            for (int i = LENGTH - 1; i >= RANDOM_BYTES; i--, count >>>= 8) {
                bytes[i] = (byte) count;
            }
            return ENCODER.encodeToString(bytes);
        }

        /** Generates 64 random bits. */
        public static long nextBits() {
            return RANDOM.nextLong();
        }

        /**
         * Random bytes for a few ids, so that threads which create many ids at the same time do not wait for the one lock of {@link
         * SecureRandom}. The bytes are used within {@value #MAX_AGE_MILLIS} ms or dropped, so that two processes which are restored from one image
         * do not generate the same ids.
         */
        private static final class Source {
            private static final long MAX_AGE_MILLIS = 100;
            private static final int MAX_IDS = 32;

            private byte[] ahead = {};
            private int used;
            private long filled;

            synchronized void take(byte[] id) {
                long now = System.nanoTime();
                boolean old = now - filled > MAX_AGE_MILLIS * 1_000_000;
                if (used == ahead.length || old) {
                    int next = old || ahead.length == 0
                            ? RANDOM_BYTES
                            : Math.min(2 * ahead.length, MAX_IDS * RANDOM_BYTES);
                    ahead = next == ahead.length ? ahead : new byte[next];
                    RANDOM.nextBytes(ahead);
                    used = 0;
                    filled = now;
                }
                System.arraycopy(ahead, used, id, 0, RANDOM_BYTES);
                Arrays.fill(ahead, used, used + RANDOM_BYTES, (byte) 0);
                used += RANDOM_BYTES;
            }
        }
    }
}
