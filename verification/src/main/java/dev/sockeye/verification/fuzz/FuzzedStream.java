package dev.sockeye.verification.fuzz;

import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.StreamFrameDecoder;
import dev.sockeye.runtime.Capsules;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a stream of frames as a whole and in pieces, and compares the results. */
final class FuzzedStream implements StreamFrameDecoder.Receiver {
    private static final int MAX_FIRST = 64;
    private static final int MAX_PAYLOAD = 100_000;

    private final List<String> messages = new ArrayList<>();
    private final StreamFrameDecoder decoder = new StreamFrameDecoder(MAX_FIRST, MAX_PAYLOAD, this);
    private long counted;

    private FuzzedStream() {}

    static void feed(byte[] input) {
        List<String> whole = new FuzzedStream().read(input, Math.max(1, input.length));
        for (int piece : new int[] {1, 3, 1000}) {
            List<String> inPieces = new FuzzedStream().read(input, piece);
            if (!inPieces.equals(whole)) {
                throw new IllegalStateException("in pieces of " + piece + ": " + inPieces + ", at once: " + whole);
            }
        }
    }

    static void capsules(byte[] input) {
        String whole = capsules(input, Math.max(1, input.length));
        for (int piece : new int[] {1, 3, 1000}) {
            String inPieces = capsules(input, piece);
            if (!inPieces.equals(whole)) {
                throw new IllegalStateException("in pieces of " + piece + ": " + inPieces + ", at once: " + whole);
            }
        }
    }

    private static String capsules(byte[] input, int piece) {
        Capsules capsules = new Capsules();
        try {
            for (int from = 0; from < input.length; from += piece) {
                long code = capsules.read(ByteBuffer.wrap(input, from, Math.min(piece, input.length - from)));
                if (code >= 0) {
                    return code + " " + capsules.reason();
                }
            }
        } catch (IllegalArgumentException e) {
            return "refused: " + e.getMessage();
        }
        return "open";
    }

    private List<String> read(byte[] input, int piece) {
        try {
            for (int from = 0; from < input.length; from += piece) {
                decoder.decode(ByteBuffer.wrap(input, from, Math.min(piece, input.length - from)));
            }
        } catch (EngineDecodeException e) {
            messages.add("refused: " + e.getMessage());
        }
        decoder.end();
        if (counted != 0) {
            throw new IllegalStateException(counted + " bytes are still counted at the end");
        }
        return messages;
    }

    @Override
    public void onText(byte[] utf8) {
        messages.add("text " + utf8.length + " " + Arrays.hashCode(utf8));
    }

    @Override
    public void onBinary(byte[] data) {
        messages.add("binary " + data.length + " " + Arrays.hashCode(data));
    }

    @Override
    public boolean receiving(long change) {
        counted += change;
        return counted <= 2L * MAX_PAYLOAD;
    }
}
