package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The header of a forwarded request: the time, whether the client came by TLS, the client's address, and an HMAC of these with method
 * and target. A request that has it is not forwarded again, valid or not; only a valid one is believed. Immutable; any thread.
 */
final class ForwardSignature {
    static final String HEADER = "sockeye-forwarded";

    /** How much the clocks of two servers may differ. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final int LONGEST = 400;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final byte[] key;
    private final LongSupplier clock;

    /** @param clock the time in milliseconds */
    ForwardSignature(byte[] secret, LongSupplier clock) {
        this.key = NodeTokens.derive(secret, "sockeye forwarded request");
        this.clock = clock;
    }

    /** What a request says of the client. */
    record Origin(String address, boolean secure) {}

    /** Why a header is not believed. */
    enum Doubt {
        /** It was made with another secret, or changed, or is none. */
        FORGED,
        /** The clocks of the servers differ by more than {@link #TOLERANCE}, or the request is old. */
        TIME
    }

    /** @param request as the engine sees it, with the client's address */
    String sign(HostRequest request) {
        String facts = clock.getAsLong() + "," + (request.secure() ? 's' : '-') + ',' + request.remoteAddress();
        return facts + ',' + code(facts, request);
    }

    /** What is wrong with the request's header; {@code null} if it is valid. */
    @Nullable
    Doubt doubt(HostRequest request) {
        String header = String.valueOf(request.header(HEADER));
        int end = header.lastIndexOf(',');
        if (end < 0 || header.length() > LONGEST) {
            return Doubt.FORGED;
        }
        String facts = header.substring(0, end);
        if (!MessageDigest.isEqual(bytes(code(facts, request)), bytes(header.substring(end + 1)))) {
            return Doubt.FORGED;
        }
        long sent = Long.parseLong(facts.substring(0, facts.indexOf(',')));
        return Math.abs(clock.getAsLong() - sent) > TOLERANCE.toMillis() ? Doubt.TIME : null;
    }

    /** What a valid header says. */
    static Origin origin(HostRequest request) {
        String header = String.valueOf(request.header(HEADER));
        int time = header.indexOf(',');
        return new Origin(header.substring(time + 3, header.lastIndexOf(',')), header.charAt(time + 1) == 's');
    }

    private String code(String facts, HostRequest request) {
        return ENCODER.encodeToString(
                NodeTokens.hmac(key, bytes(facts + '\n' + request.method() + '\n' + request.uri())));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
