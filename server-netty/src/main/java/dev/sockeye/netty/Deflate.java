package dev.sockeye.netty;

import dev.sockeye.engineio.host.PerMessageDeflate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate (RFC 7692) of one connection. The JDK's deflater has the full window only, so offers that require
 * a smaller server window are declined; messages with a smaller client window can always be read.
 */
final class Deflate {

    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
    private static final byte[] NOTHING = {};
    private static final int FIRST_GUESS = 256;
    private static final int MAX_WINDOW_BITS = 15;

    private final int threshold;
    private final int level;
    private final boolean serverForgets;
    private final boolean clientForgets;
    private final String answer;
    private @Nullable Deflater deflater;
    private @Nullable Inflater inflater;
    private byte[] result = NOTHING;
    private int resultLength;

    /**
     * @param clientBits the maximum window of the client; 0 to omit the parameter
     */
    private Deflate(PerMessageDeflate settings, boolean serverForgets, boolean clientForgets, int clientBits) {
        threshold = settings.threshold();
        level = settings.level();
        this.serverForgets = serverForgets;
        this.clientForgets = clientForgets;
        answer = "permessage-deflate" + (serverForgets ? "; server_no_context_takeover" : "")
                + (clientForgets ? "; client_no_context_takeover" : "")
                + (clientBits == 0 ? "" : "; client_max_window_bits=" + clientBits);
    }

    /**
     * Accepts the first acceptable offer of a {@code Sec-WebSocket-Extensions} header; returns null if there is none.
     */
    static @Nullable Deflate negotiate(@Nullable String offers, PerMessageDeflate settings) {
        if (offers == null) {
            return null;
        }
        for (String offer : offers.split(",", -1)) {
            Deflate accepted = accept(offer.toLowerCase(Locale.ROOT).split(";", -1), settings);
            if (accepted != null) {
                return accepted;
            }
        }
        return null;
    }

    private static @Nullable Deflate accept(String[] offer, PerMessageDeflate settings) {
        if (!offer[0].trim().equals("permessage-deflate")) {
            return null;
        }
        boolean serverForgets = settings.serverNoContextTakeover();
        boolean clientForgets = settings.clientNoContextTakeover();
        int clientBits = 0;
        Set<String> seen = new HashSet<>();
        for (int i = 1; i < offer.length; i++) {
            String parameter = offer[i].trim();
            int equals = parameter.indexOf('=');
            String name =
                    equals < 0 ? parameter : parameter.substring(0, equals).trim();
            String value =
                    equals < 0 ? null : parameter.substring(equals + 1).trim().replace("\"", "");
            if (!seen.add(name)) {
                return null;
            }
            switch (name) {
                case "server_no_context_takeover" -> {
                    if (value != null) {
                        return null;
                    }
                    serverForgets = true;
                }
                case "client_no_context_takeover" -> {
                    if (value != null) {
                        return null;
                    }
                    clientForgets = true;
                }
                case "client_max_window_bits" -> {
                    if (value != null && !windowBits(value)) {
                        return null;
                    }
                    int wanted = settings.clientMaxWindowBits();
                    if (wanted < MAX_WINDOW_BITS || value != null) {
                        clientBits = value == null ? wanted : Math.min(wanted, Integer.parseInt(value));
                    }
                }
                case "server_max_window_bits" -> {
                    if (value == null || !value.equals("15")) {
                        return null;
                    }
                }
                default -> {
                    return null;
                }
            }
        }
        return new Deflate(settings, serverForgets, clientForgets, clientBits);
    }

    private static boolean windowBits(String value) {
        return value.matches("[89]|1[0-5]");
    }

    /** The extension in the 101 response. */
    String answer() {
        return answer;
    }

    /** Whether a message of this size is compressed. The deflater writes nothing for an empty one after another message. */
    boolean wants(int length) {
        return length >= threshold && length > 0;
    }

    /** Compresses a message with an optional byte before it, for {@link #takeResult()}. */
    void compress(int prefix, byte[] payload) {
        Deflater d = deflater;
        if (d == null) {
            d = new Deflater(level, true);
            deflater = d;
        }
        result = new byte[Math.max(FIRST_GUESS, payload.length / 2)];
        resultLength = 0;
        if (prefix >= 0) {
            d.setInput(new byte[] {(byte) prefix});
            drain(d, Deflater.NO_FLUSH);
        }
        d.setInput(payload);
        drain(d, Deflater.SYNC_FLUSH);
        resultLength -= TAIL.length; // a sync flush ends in it, and the receiver adds it
        d.setInput(TAIL, 0, 0);
        if (serverForgets) {
            d.reset();
        }
    }

    private void drain(Deflater d, int flush) {
        while (true) {
            int n = d.deflate(result, resultLength, result.length - resultLength, flush);
            resultLength += n;
            if (resultLength < result.length) {
                return;
            }
            result = Arrays.copyOf(result, result.length * 2);
        }
    }

    /** The last compressed message, with length {@link #resultLength()}; must be taken once. */
    byte[] takeResult() {
        byte[] taken = result;
        result = NOTHING;
        return taken;
    }

    int resultLength() {
        return resultLength;
    }

    /**
     * Inflates a message.
     *
     * @return the message; null if it is longer than the limit
     */
    byte @Nullable [] inflate(byte[] data, int length, int limit) throws DataFormatException {
        Inflater i = inflater;
        if (i == null) {
            i = new Inflater(true);
            inflater = i;
        }
        byte[] inflated = new byte[(int) Math.min(limit, Math.max(FIRST_GUESS, 3L * length))];
        int filled = 0;
        boolean tail = false;
        i.setInput(data, 0, length);
        while (true) {
            if (filled == inflated.length) {
                if (filled > limit) {
                    return null;
                }
                inflated = Arrays.copyOf(inflated, (int) Math.min(limit + 1L, Math.max(FIRST_GUESS, 2L * filled)));
            }
            int n = i.inflate(inflated, filled, inflated.length - filled);
            filled += n;
            if (filled > limit) {
                return null;
            }
            if (i.finished()) {
                i.reset(); // the client ended its stream: a new one begins with the next message
                break;
            }
            if (n == 0) {
                if (i.needsDictionary()) {
                    throw new DataFormatException("needs a dictionary");
                } else if (!i.needsInput()) {
                    throw new DataFormatException("no progress");
                } else if (tail) {
                    break;
                }
                tail = true;
                i.setInput(TAIL);
            }
        }
        if (clientForgets) {
            i.reset();
        }
        return filled == inflated.length ? inflated : Arrays.copyOf(inflated, filled);
    }

    /** Frees the native memory. Idempotent. */
    void end() {
        if (deflater != null) {
            deflater.end();
            deflater = null;
        }
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
        result = NOTHING;
    }
}
