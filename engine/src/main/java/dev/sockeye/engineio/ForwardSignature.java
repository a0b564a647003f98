package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The header of a forwarded request: the time, whether the client uses TLS, the client's address, and an HMAC of these
 * with method and target. A request with this header, valid or not, is never forwarded again; its values are only used
 * if the header is valid. Immutable and thread-safe.
 */
final class ForwardSignature {
    static final String HEADER = "sockeye-forwarded";

    /** The maximum difference between the clocks of two servers. */
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

    /** The data about the client in a forwarded request. */
    record Origin(String address, boolean secure) {}

    /** Why a header is not accepted. */
    enum Doubt {
        /** The header is malformed, was modified, or was created with another secret. */
        FORGED,
        /** The clocks of the servers differ by more than {@link #TOLERANCE}, or the request is too old. */
        TIME
    }

    /**
     * @param request the request with the client's address
     */
    String sign(HostRequest request) {
        String facts = clock.getAsLong() + "," + (request.secure() ? 's' : '-') + ',' + request.remoteAddress();
        return facts + ',' + code(facts, request);
    }

    /** Returns why the header of the request is not accepted; {@code null} if it is valid. */
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

    /** Returns the data of a valid header. */
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
