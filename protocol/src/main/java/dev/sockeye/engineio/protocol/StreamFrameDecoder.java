package dev.sockeye.engineio.protocol;

import dev.sockeye.text.Utf8;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Decodes the frames of a WebTransport stream (see {@link StreamFrames}) from chunks of any size. The array of a
 * message grows as bytes arrive, so that an announced length alone allocates no memory. Official counterpart: {@code
 * createPacketDecoderStream} of {@code engine.io-parser}, which accepts invalid UTF-8 where this decoder fails. Not
 * thread-safe.
 */
public final class StreamFrameDecoder {
    private static final byte[] NOTHING = {};
    private static final int SMALLEST_PART = 1024;
    private static final int SMALLEST_COUNTED = 8 * 1024;

    /** Receives the decoded messages. */
    public interface Receiver {
        /** A text message in valid UTF-8, its packet type included; never empty. The array belongs to the receiver. */
        void onText(byte[] utf8);

        /** A binary message, never empty. The array belongs to the receiver. */
        void onBinary(byte[] data);

        /**
         * Counts the bytes of incomplete messages: called whenever 8 KiB or more are allocated, and with the negative
         * number when they are released.
         *
         * @return whether the allocation is allowed; false fails the stream
         */
        default boolean receiving(long change) {
            return true;
        }
    }

    private final int maxPayload;
    private final Receiver receiver;
    private int limit;
    /** The first byte of the header, or -1 between two frames. */
    private int header = -1;
    /** The number of bytes of the length that have not been received yet. */
    private int lengthBytes;

    private long length;
    private byte[] payload = NOTHING;
    private int filled;
    private int counted;
    private boolean over;

    /**
     * Creates a decoder for the start of a stream.
     *
     * @param maxFirst the maximum length of the first message in bytes
     * @param maxPayload the maximum length of all other messages in bytes
     */
    public StreamFrameDecoder(int maxFirst, int maxPayload, Receiver receiver) {
        this.limit = Math.min(maxFirst, maxPayload);
        this.maxPayload = maxPayload;
        this.receiver = receiver;
    }

    /**
     * Decodes a chunk and passes the completed messages to the receiver.
     *
     * @throws EngineDecodeException if the stream violates the protocol; later calls ignore their bytes
     */
    public void decode(ByteBuffer in) throws EngineDecodeException {
        while (in.hasRemaining() && !over) {
            if (header < 0) {
                begin(in.get() & 0xff);
            } else if (lengthBytes > 0) {
                length = length << 8 | (in.get() & 0xff);
                if (--lengthBytes == 0) {
                    checkLength();
                }
            } else {
                take(in);
            }
        }
        if (over) {
            in.position(in.limit());
        }
    }

    private void begin(int first) throws EngineDecodeException {
        header = first;
        length = 0;
        int code = first & ~StreamFrames.BINARY;
        if (code == StreamFrames.LENGTH_16) {
            lengthBytes = 2;
        } else if (code == StreamFrames.LENGTH_64) {
            lengthBytes = 8;
        } else {
            length = code;
            checkLength();
        }
    }

    private void checkLength() throws EngineDecodeException {
        if (length == 0) {
            throw fail("an empty frame");
        } else if (length < 0 || length > limit) {
            throw fail("a frame of " + Long.toUnsignedString(length) + " bytes where " + limit + " may be");
        }
        limit = maxPayload;
    }

    private void take(ByteBuffer in) throws EngineDecodeException {
        int n = (int) Math.min(in.remaining(), length - filled);
        if (filled + n > payload.length && !grow(filled + n)) {
            throw fail("too many bytes are received in part");
        }
        in.get(payload, filled, n);
        filled += n;
        if (filled == length) {
            deliver();
        }
    }

    private boolean grow(int needed) {
        int size = (int) Math.min(length, Math.max(needed, Math.max(SMALLEST_PART, 2L * payload.length)));
        if ((size >= SMALLEST_COUNTED && size < length) || counted > 0) {
            int change = size - counted;
            counted = size;
            if (!receiver.receiving(change)) {
                return false;
            }
        }
        payload = payload.length == 0 ? new byte[size] : Arrays.copyOf(payload, size);
        return true;
    }

    private void deliver() throws EngineDecodeException {
        byte[] message = payload;
        boolean binary = (header & StreamFrames.BINARY) != 0;
        forget();
        if (binary) {
            receiver.onBinary(message);
        } else if (Utf8.isValid(message)) {
            receiver.onText(message);
        } else {
            throw fail("invalid UTF-8");
        }
    }

    private void forget() {
        header = -1;
        payload = NOTHING;
        filled = 0;
        if (counted > 0) {
            int given = counted;
            counted = 0;
            receiver.receiving(-given);
        }
    }

    private EngineDecodeException fail(String why) {
        end();
        return new EngineDecodeException("parser error: " + why);
    }

    /** Whether the stream is at the boundary between two frames. */
    public boolean atFrameStart() {
        return header < 0;
    }

    /** The stream has ended: discards an incomplete message. Idempotent. */
    public void end() {
        over = true;
        forget();
    }
}
