package dev.sockeye.engineio.host;

/**
 * How to use the permessage-deflate extension (RFC 7692) when the client offers it. Official counterpart: the
 * {@code perMessageDeflate} option.
 *
 * @param threshold messages shorter than this many bytes are sent uncompressed; default 1024
 * @param level the deflate level, 0 to 9, or -1 for the library's default
 * @param serverNoContextTakeover whether the server forgets its window after each message: less memory, worse ratio
 * @param clientNoContextTakeover whether the client is asked to forget its window after each message
 */
public record PerMessageDeflate(
        int threshold, int level, boolean serverNoContextTakeover, boolean clientNoContextTakeover) {

    /** Threshold 1024, default level, windows kept. */
    public static final PerMessageDeflate DEFAULT = new PerMessageDeflate(1024, -1, false, false);

    public PerMessageDeflate {
        if (threshold < 0) {
            throw new IllegalArgumentException("perMessageDeflate.threshold must be 0 or more, was " + threshold);
        }
        if (level < -1 || level > 9) {
            throw new IllegalArgumentException("perMessageDeflate.level must be -1 to 9, was " + level);
        }
    }
}
