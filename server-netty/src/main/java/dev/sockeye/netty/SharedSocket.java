package dev.sockeye.netty;

import static java.util.Objects.requireNonNull;

import dev.sockeye.engineio.host.MessageConnection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A socket that the loop and, while the loop has nothing to write, one other thread at a time write to. The other thread makes one
 * system call; what the socket does not accept is taken over by the loop.
 */
abstract class SharedSocket extends FrameDecoder implements MessageConnection.DirectWrite {

    private static final int DIRECT_LIMIT = 8 * 1024;
    private static final int SPINS = 200;
    private static final long WAIT_NANOS = 10_000;

    private static final VarHandle WRITER;

    static {
        try {
            WRITER = MethodHandles.lookup().findVarHandle(SharedSocket.class, "writer", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // The thread that may write to the socket. The loop holds it from the first byte of an iteration until all bytes
    // are written.
    private static final byte ALWAYS_LOOP = 0; // the connection is closing, or other threads cannot write to it
    private static final byte LOOP = 1;
    private static final byte NOBODY = 2; // nothing is pending: another thread may take it
    private static final byte OTHER = 3; // another thread makes its system call
    private static final byte REST = 4; // it could not write everything; the loop takes the rest first

    final NettyLoop loop;
    private @Nullable Socket direct; // the socket if it can be written to directly
    private volatile byte writer;
    private @Nullable ByteBuf directOut; // of the thread that writes, then its rest

    SharedSocket(NettyLoop loop, int maxMessageSize) {
        super(maxMessageSize);
        this.loop = loop;
    }

    /** Whether the loop has nothing to write. */
    abstract boolean isIdle();

    /** Queues what another thread could not write; on the loop. */
    abstract void takeRest(ByteBuf rest);

    /** Bytes are written to this socket from now on, not to the channel. */
    final void writeTo(Socket socket) {
        direct = socket;
        if (loop.guardsSockets()) {
            writer = LOOP;
            free();
        }
    }

    /** The socket, if it can be written to directly. */
    final @Nullable Socket socket() {
        return direct;
    }

    /** Nothing is pending: other threads may write. */
    final void free() {
        if (writer == LOOP && isIdle()) {
            writer = NOBODY;
        }
    }

    /** The loop is about to write: waits for the end of another thread's system call, and takes the bytes that it could not write. */
    final void claim() {
        byte now = writer;
        if (now != LOOP && now != ALWAYS_LOOP) {
            claim(now);
        }
    }

    private void claim(byte seen) {
        byte now = seen;
        for (int spins = 0; ; spins++) {
            if (now == REST) {
                writer = LOOP;
                passRest();
                return;
            }
            if (now == NOBODY && WRITER.compareAndSet(this, NOBODY, LOOP)) {
                return;
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(WAIT_NANOS); // that thread needs a processor
            }
            now = writer;
        }
    }

    /** From now on, only the loop writes. The socket may be closed after this. */
    final void keepToLoop() {
        claim();
        writer = ALWAYS_LOOP;
    }

    /** As {@link MessageConnection#startDirect}. */
    final MessageConnection.@Nullable DirectWrite startDirect(long bytes, int messages) {
        if (bytes > DIRECT_LIMIT || writer != NOBODY || !WRITER.compareAndSet(this, NOBODY, OTHER)) {
            return null;
        }
        try {
            ByteBuf buffer = loop.takeBuffer((int) bytes + messages * (1 + FrameEncoder.MAX_HEADER));
            if (buffer.hasMemoryAddress()) {
                directOut = buffer;
                return this;
            }
            writer = NOBODY;
            loop.giveBuffer(buffer);
            return null;
        } catch (RuntimeException | Error e) {
            writer = NOBODY;
            throw e;
        }
    }

    private void passRest() {
        ByteBuf rest = directOut;
        directOut = null;
        if (rest != null) {
            takeRest(rest);
        }
    }

    /** Whether another thread has left something. */
    final boolean hasRest() {
        return writer == REST;
    }

    @Override
    public final void add(boolean binary, int prefix, byte[] payload) {
        FrameEncoder.encode(requireNonNull(directOut), binary, prefix, payload);
    }

    @Override
    public final boolean finish() {
        ByteBuf buffer = requireNonNull(directOut);
        Socket socket = requireNonNull(direct);
        int end = buffer.writerIndex();
        int taken = 0;
        try {
            if (socket.isOpen()) {
                taken = socket.sendAddress(buffer.memoryAddress(), 0, end);
            }
        } catch (IOException e) {
            // the wire will get the same error and close the connection
        }
        if (taken == end) {
            directOut = null;
            writer = NOBODY;
            loop.giveBuffer(buffer);
            return true;
        }
        buffer.readerIndex(Math.max(taken, 0));
        writer = REST;
        return false;
    }

    @Override
    public final void fail() {
        if (writer == OTHER) { // it is this thread's; otherwise finish has ended the write
            directOut = null;
            writer = REST;
        }
    }
}
