package dev.sockeye.socketio.server;

import java.security.SecureRandom;
import java.util.Base64;

/** Random ids of 20 characters, safe in URLs: 15 bytes that nobody can guess. */
final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private Ids() {}

    static String next() {
        byte[] bytes = new byte[15];
        RANDOM.nextBytes(bytes);
        return ENCODER.encodeToString(bytes);
    }
}
