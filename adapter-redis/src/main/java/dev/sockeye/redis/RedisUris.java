package dev.sockeye.redis;

import io.lettuce.core.RedisURI;

/** Parses the addresses of Redis. */
final class RedisUris {
    private RedisUris() {}

    /**
     * Parses an address such as {@code redis://user:password@host:6379}.
     *
     * @throws IllegalArgumentException if it is invalid. The message and the causes do not contain the password
     */
    static RedisURI parse(String uri) {
        try {
            return RedisURI.create(uri);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not a URI of Redis such as redis://user:password@host:6379 (special characters of a"
                            + " password must be encoded): " + uri.replaceAll("//.*@", "//***@"));
        }
    }
}
