package dev.sockeye.netty;

import static java.util.Objects.requireNonNull;

import dev.sockeye.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes WebSocket frames from the bytes of a client. Holds no buffer between two reads; an incomplete message or
 * frame header is kept in an array of about the size of the received bytes, regardless of the announced length.
 */
abstract class FrameDecoder {

    private static final byte[] NOTHING = {};
    private static final int MAX_HEADER = 14;
    private static final int SMALLEST_PART = 512;
    private static final int SMALLEST_COUNTED = 8 * 1024;
    private static final int TRY_AGAIN_LATER = 1013;

    private final int maxMessageSize;

    // the incomplete message
    private byte @Nullable [] message;
    private int filled;
    private byte messageOpcode; // 0 when there is none
    private boolean compressed;
    private int utf8;

    // the frame whose payload is incomplete
    private boolean inFrame;
    private byte frameOpcode;
    private boolean frameFin;
    private int frameLeft;
    private int mask;
    private byte @Nullable [] control;

    // the incomplete header
    private byte @Nullable [] head;
    private byte headFilled;

    private boolean stopped;

    FrameDecoder(int maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    /** A complete message. */
    abstract void onMessage(boolean binary, byte[] data);

    /**
     * A compressed message of {@code length} bytes; the array may be longer. Returns the inflated message; null if it
     * has failed the connection.
     */
    abstract byte @Nullable [] inflate(byte[] data, int length, int maxMessageSize);

    abstract boolean compressionNegotiated();

    /** Counts the bytes of incomplete messages; returns false if the limit is exceeded. */
    abstract boolean receiving(long change);

    /** A ping, pong or close frame. */
    abstract void onControl(int opcode, byte[] payload);

    /** The peer violated the protocol; nothing more is read. */
    abstract void fail(int code, String why);

    /** Discards all further bytes. */
    final void stop() {
        stopped = true;
        dropMessage();
        control = null;
        head = null;
    }

    final boolean stopped() {
        return stopped;
    }

    final void decode(ByteBuf in) {
        while (!stopped && (in.isReadable() || (inFrame && frameLeft == 0))) {
            if (inFrame) {
                if (frameOpcode >= FrameEncoder.CLOSE) {
                    readControl(in);
                } else {
                    readPart(in);
                }
            } else if (head != null || !wholeHeader(in)) {
                collectHeader(in);
            } else {
                int length = headerLength(in.getByte(in.readerIndex() + 1));
                int start = in.readerIndex();
                in.skipBytes(length);
                header(in, start, in);
            }
        }
    }

    private static boolean wholeHeader(ByteBuf in) {
        int readable = in.readableBytes();
        return readable >= 2 && readable >= headerLength(in.getByte(in.readerIndex() + 1));
    }

    /** The length of a header, from its second byte. An unmasked header, which has no key, is rejected later. */
    private static int headerLength(byte second) {
        int length = second & 0x7f;
        return (length < 126 ? 2 : length == 126 ? 4 : 10) + (second < 0 ? 4 : 0);
    }

    private void collectHeader(ByteBuf in) {
        byte[] h = head;
        if (h == null) {
            h = new byte[MAX_HEADER];
            head = h;
        }
        while (in.isReadable()) {
            h[headFilled++] = in.readByte();
            if (headFilled == 2) {
                // reject an invalid header without waiting for the rest
                String wrong = check(h[0], h[0] & 0xf, h[0] < 0, h[1], h[1] & 0x7f);
                if (wrong != null) {
                    head = null;
                    headFilled = 0;
                    fail(1002, wrong);
                    return;
                }
            }
            if (headFilled >= 2 && headFilled == headerLength(h[1])) {
                head = null;
                headFilled = 0;
                header(Unpooled.wrappedBuffer(h), 0, in);
                return;
            }
        }
    }

    /** Reads a complete header at an index of one buffer, and continues with the payload in another. */
    private void header(ByteBuf h, int at, ByteBuf in) {
        int first = h.getByte(at);
        int second = h.getByte(at + 1);
        int opcode = first & 0xf;
        boolean fin = first < 0;
        long length = second & 0x7f;
        at += 2;
        if (length == 126) {
            length = h.getUnsignedShort(at);
            at += 2;
        } else if (length == 127) {
            length = h.getLong(at);
            at += 8;
        }
        String wrong = check(first, opcode, fin, second, length);
        if (wrong != null) {
            fail(1002, wrong);
            return;
        }
        mask = h.getInt(at);
        if (opcode >= FrameEncoder.CLOSE) {
            control = new byte[(int) length];
            begin(opcode, fin, (int) length);
            return;
        }
        if (length > maxMessageSize - filled) {
            fail(1009, "Max payload size exceeded");
            return;
        }
        if (opcode != 0) {
            messageOpcode = (byte) opcode;
            compressed = (first & 0x40) != 0;
            if (fin && !compressed && length <= in.readableBytes()) {
                readWhole(in, (int) length);
                return;
            }
        }
        begin(opcode, fin, (int) length);
    }

    private @Nullable String check(int first, int opcode, boolean fin, int second, long length) {
        boolean isControl = opcode >= FrameEncoder.CLOSE;
        if ((first & 0x30) != 0) {
            return "RSV2 and RSV3 must be clear";
        } else if ((first & 0x40) != 0 && (opcode == 0 || isControl || !compressionNegotiated())) {
            return "RSV1 must be clear";
        } else if ((opcode > FrameEncoder.BINARY && !isControl) || opcode > FrameEncoder.PONG) {
            return "invalid opcode " + opcode;
        } else if (second >= 0) {
            return "MASK must be set";
        } else if (isControl) {
            int marker = second & 0x7f;
            return !fin ? "FIN must be set" : marker > 125 ? "invalid control frame length " + marker : null;
        } else if (opcode == 0 ? messageOpcode == 0 : messageOpcode != 0) {
            return "invalid opcode " + opcode;
        }
        return length < 0 ? "invalid payload length" : null;
    }

    private void begin(int opcode, boolean fin, int length) {
        frameOpcode = (byte) opcode;
        frameFin = fin;
        frameLeft = length;
        inFrame = true;
    }

    /** The usual case: a complete, unfragmented message. */
    private void readWhole(ByteBuf in, int length) {
        boolean binary = messageOpcode == FrameEncoder.BINARY;
        messageOpcode = 0;
        byte[] data = NOTHING;
        if (length > 0) {
            data = new byte[length];
            in.readBytes(data);
            boolean ascii = Masking.unmask(data, 0, length, mask);
            if (!binary && !ascii && !Utf8.isValid(data)) {
                fail(1007, "Invalid UTF-8 sequence");
                return;
            }
        }
        onMessage(binary, data);
    }

    private void readControl(ByteBuf in) {
        byte[] payload = requireNonNull(control);
        int n = Math.min(frameLeft, in.readableBytes());
        in.readBytes(payload, payload.length - frameLeft, n);
        frameLeft -= n;
        if (frameLeft == 0) {
            Masking.unmask(payload, 0, payload.length, mask);
            inFrame = false;
            control = null;
            onControl(frameOpcode, payload);
        }
    }

    private void readPart(ByteBuf in) {
        int n = Math.min(frameLeft, in.readableBytes());
        if (n > 0) {
            byte[] part = room(n);
            if (part == null) {
                fail(TRY_AGAIN_LATER, "the server is receiving too much data");
                return;
            }
            in.readBytes(part, filled, n);
            boolean ascii = Masking.unmask(part, filled, filled + n, mask);
            mask = Masking.turn(mask, n);
            if (messageOpcode == FrameEncoder.TEXT && !compressed && (!ascii || utf8 != Utf8.START)) {
                utf8 = Utf8.check(utf8, part, filled, filled + n);
                if (utf8 == Utf8.INVALID) {
                    fail(1007, "Invalid UTF-8 sequence");
                    return;
                }
            }
            filled += n;
            frameLeft -= n;
        }
        if (frameLeft == 0) {
            inFrame = false;
            if (frameFin) {
                finishMessage();
            }
        }
    }

    private static int counted(byte @Nullable [] part) {
        return part == null || part.length < SMALLEST_COUNTED ? 0 : part.length;
    }

    private void dropMessage() {
        int counted = counted(message);
        message = null;
        if (counted > 0) {
            receiving(-counted);
        }
    }

    /**
     * Makes room for more bytes: grows with the received bytes, up to the announced length. {@code null} if the limit
     * is exceeded.
     */
    private byte @Nullable [] room(int more) {
        byte[] part = message;
        int needed = filled + more;
        if (part != null && part.length >= needed) {
            return part;
        }
        int wanted = Math.max(needed, part == null ? SMALLEST_PART : 2 * part.length);
        if (frameFin) {
            wanted = Math.min(wanted, filled + frameLeft);
        }
        int growth = (wanted < SMALLEST_COUNTED ? 0 : wanted) - counted(part);
        part = part == null ? new byte[wanted] : Arrays.copyOf(part, wanted);
        message = part; // counted from now on: there may be no memory for it
        return growth <= 0 || receiving(growth) ? part : null;
    }

    private void finishMessage() {
        byte[] data = message == null ? NOTHING : message;
        int length = filled;
        boolean binary = messageOpcode == FrameEncoder.BINARY;
        boolean complete = utf8 == Utf8.START;
        dropMessage();
        filled = 0;
        messageOpcode = 0;
        utf8 = Utf8.START;
        if (compressed) {
            byte[] inflated = inflate(data, length, maxMessageSize);
            if (inflated == null) {
                return;
            }
            data = inflated;
            complete = binary || Utf8.isValid(data);
        } else if (data.length != length) {
            data = Arrays.copyOf(data, length);
        }
        if (!complete) {
            fail(1007, "Invalid UTF-8 sequence");
            return;
        }
        onMessage(binary, data);
    }
}
