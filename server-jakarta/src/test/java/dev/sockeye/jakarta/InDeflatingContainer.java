package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.MessageConnection;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Frames with permessage-deflate, for a client without a library. */
abstract class InDeflatingContainer extends InContainer {

    /** Does not compress on its own, but does when it is repeated. */
    final byte[] noise = new byte[2000];

    InDeflatingContainer(Container.Kind kind) {
        super(kind);
        Random random = new Random(7);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (' ' + random.nextInt(90));
        }
    }

    record Frame(int first, byte[] payload) {
        boolean compressed() {
            return (first & 0x40) != 0;
        }
    }

    static Frame read(Socket raw) throws Exception {
        DataInputStream in = new DataInputStream(raw.getInputStream());
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        return new Frame(first, in.readNBytes(length));
    }

    static byte[] inflated(Inflater inflater, byte[] data) throws Exception {
        inflater.setInput(Arrays.copyOf(concat(data, new byte[] {0, 0, -1, -1}), data.length + 4));
        byte[] out = new byte[4000];
        return Arrays.copyOf(out, inflater.inflate(out));
    }

    static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    static void sendCompressed(Socket raw, Deflater deflater, byte[] text) throws Exception {
        deflater.setInput(text);
        byte[] out = new byte[4000];
        int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH) - 4;
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(new byte[] {(byte) 0xc1, (byte) 0xfe, (byte) (length >> 8), (byte) length, 0, 0, 0, 0});
        frame.write(out, 0, length);
        raw.getOutputStream().write(frame.toByteArray());
    }

    final Frame[] twoOfTheSame(FakeEngine.Peer peer, Socket raw) throws Exception {
        peer.run(connection -> {
            connection.send(false, MessageConnection.NO_PREFIX, noise, true);
            connection.send(false, MessageConnection.NO_PREFIX, noise, true);
        });
        return new Frame[] {read(raw), read(raw)};
    }
}
