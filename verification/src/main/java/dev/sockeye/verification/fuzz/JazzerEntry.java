package dev.sockeye.verification.fuzz;

import java.nio.charset.StandardCharsets;

/** The entry point for Jazzer; the property {@code sockeye.fuzz.target} selects the target. */
public final class JazzerEntry {
    private static final FuzzTarget TARGET =
            FuzzTarget.valueOf(System.getProperty("sockeye.fuzz.target", "SOCKET_JSON"));

    private JazzerEntry() {}

    /** Called once, without a time limit: classes are instrumented as they are loaded. */
    public static void fuzzerInitialize() {
        TARGET.feed(
                "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    }

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        TARGET.feed(input);
    }
}
