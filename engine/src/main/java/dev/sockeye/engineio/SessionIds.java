package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.security.SecureRandom;
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

        private RandomIds() {}

        /** Generates a new id. */
        public static String next() {
            byte[] bytes = new byte[15];
            RANDOM.nextBytes(bytes);
            int count = COUNTER.getAndIncrement();
            for (int i = 14; i > 10; i--, count >>>= 8) {
                bytes[i] = (byte) count;
            }
            return ENCODER.encodeToString(bytes);
        }

        /** Generates 64 random bits. */
        public static long nextBits() {
            return RANDOM.nextLong();
        }
    }
}
