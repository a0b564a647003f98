package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket's connection that is a socket of the system, registered with epoll of a Netty loop without a channel. An idle connection
 * needs a third of the memory of a channel with its pipeline, and a message fewer calls. The socket belongs to a channel until the
 * upgrade is complete; see {@link ChannelWire#moveToSocket}.
 *
 * <p>Events are edge-triggered: an event is reported once, so the socket is read until it is empty or {@link #more} is set, and written
 * until it accepts nothing.
 */
final class SocketWire implements Wire, EpollIoHandle {

    private static final System.Logger LOG = System.getLogger(SocketWire.class.getName());

    private static final EpollIoOps EVENTS = EpollIoOps.EPOLLIN
            .with(EpollIoOps.EPOLLOUT)
            .with(EpollIoOps.EPOLLRDHUP)
            .with(EpollIoOps.EPOLLET);
    private static final int IN = EpollIoOps.EPOLLIN.value();
    private static final int OUT = EpollIoOps.EPOLLOUT.value();
    private static final int ERROR = EpollIoOps.EPOLLERR.value();
    private static final int HANG_UP = 0x10; // EPOLLHUP, for which Netty has no name
    private static final int END = EpollIoOps.EPOLLRDHUP.value() | ERROR | HANG_UP;

    private static final int LARGE_READ = 64 * 1024;
    private static final int MAX_READS = 8;
    private static final int MAX_WRITES = 64;

    private static final byte CLOSE = 1;
    private static final byte SHUTDOWN = 2;

    private final FrameWriter owner;
    private final Socket socket;
    private @Nullable IoRegistration registration; // null until the channel has left the loop
    private @Nullable ArrayDeque<ByteBuf> queue;
    private long queuedBytes;
    private boolean reading;
    private boolean inRead;
    private boolean readScheduled;
    private boolean more; // there may be something to read that is not reported again
    private boolean ended; // the peer sends nothing more: there will be no other event
    private boolean drainAwaited;
    private boolean closed;
    private byte whenWritten;

    SocketWire(FrameWriter owner, Socket socket, boolean reading) {
        this.owner = owner;
        this.socket = socket;
        this.reading = reading;
    }

    /** Whether sockets of this loop can be used without a channel. */
    static boolean supported(EventLoop eventLoop) {
        return hasAddresses() && eventLoop instanceof IoEventLoop io && io.isCompatible(SocketWire.class);
    }

    /** Whether buffers have addresses, which depends on the JVM and its options. */
    static boolean hasAddresses() {
        return Memory.HAS_ADDRESSES;
    }

    private static final class Memory {
        static final boolean HAS_ADDRESSES = hasAddress(PooledByteBufAllocator.DEFAULT.directBuffer(16))
                && hasAddress(Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(16)));

        private static boolean hasAddress(ByteBuf buffer) {
            try {
                return buffer.hasMemoryAddress();
            } finally {
                buffer.release();
            }
        }
    }

    /** The channel has left the loop: from now on the socket's events are handled here. */
    void start() {
        if (closed) {
            closeSocket();
            return;
        }
        if (!socket.isOpen()) {
            close(); // by the channel, which may not report it: its pipeline is emptied
            return;
        }
        var unused = ((IoEventLoop) owner.loop.eventLoop()).register(this).addListener(f -> {
            if (!f.isSuccess()) {
                owner.onError(f.cause());
                closeSocket();
            } else if (closed) {
                ((IoRegistration) f.getNow()).cancel();
                closeSocket();
            } else {
                start((IoRegistration) f.getNow());
            }
        });
    }

    private void start(IoRegistration registered) {
        registration = registered;
        try {
            // reports what was received or became writable in the meantime
            registered.submit(EVENTS);
            if (!owner.isClosing()) { // otherwise it is the loop's for ever
                owner.writeTo(socket);
            }
            if (owner.hasUnflushedWrites()) {
                owner.flush(); // what another thread could not write when the channel left the loop
            }
        } catch (RuntimeException | Error e) {
            owner.flushFailed(e);
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    // ---- events

    @Override
    public void handle(IoRegistration source, IoEvent event) {
        int ops = ((EpollIoEvent) event).ops().value();
        try {
            if ((ops & (OUT | ERROR)) != 0 && queue != null) {
                writeQueue();
            }
            if ((ops & END) != 0) {
                ended = true;
            }
            if ((ops & (IN | END)) != 0) {
                if (reading || (ops & ERROR) != 0) {
                    read();
                } else {
                    more = true;
                }
            }
        } catch (RuntimeException | Error e) {
            owner.flushFailed(e);
        }
    }

    private void read() {
        if (closed || inRead) {
            return;
        }
        assert socket.isOpen();
        inRead = true;
        more = false;
        boolean eof = false;
        try {
            for (int reads = 0; !closed; reads++) {
                if (reads == MAX_READS || (reads > 0 && !reading)) {
                    more = true;
                    break;
                }
                ByteBuf buffer = reads == 0
                        ? LoopReceiveBuffers.take()
                        : PooledByteBufAllocator.DEFAULT.directBuffer(LARGE_READ);
                int received;
                int room = buffer.capacity();
                try {
                    received = socket.recvAddress(buffer.memoryAddress(), 0, room);
                    if (received > 0) {
                        owner.decode(buffer.setIndex(0, received));
                    }
                } finally {
                    buffer.release();
                }
                if (received < 0) {
                    eof = true;
                    break;
                }
                if (received == 0 || (received < room && !ended)) {
                    break;
                }
            }
        } catch (IOException e) {
            owner.onError(e);
        } finally {
            inRead = false;
        }
        owner.readComplete();
        if (eof) {
            close();
        } else if (more && reading) {
            readLater();
        }
    }

    private void readLater() {
        if (!readScheduled) {
            readScheduled = true;
            nextTurn(this::readMore);
        }
    }

    /** Runs a task when the loop has served the other connections; a task that follows another runs before. */
    private void nextTurn(Runnable task) {
        NettyLoop loop = owner.loop;
        if (!loop.executeAtTurnEnd(() -> loop.execute(task))) {
            loop.execute(task);
        }
    }

    private void readMore() {
        readScheduled = false;
        if (more && reading) {
            try {
                read();
            } catch (RuntimeException | Error e) {
                owner.flushFailed(e);
            }
        }
    }

    // ---- writing

    @Override
    public ByteBuf allocate(int capacity) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(capacity);
    }

    @Override
    public @Nullable Boolean isQueueEmpty() {
        return closed ? null : queue == null;
    }

    @Override
    public long pendingBytes(int unflushedWrites, int unflushedBytes, boolean queued) {
        return queuedBytes;
    }

    @Override
    public void write(ByteBuf frame) {
        if (closed || !frame.isReadable()) {
            frame.release();
            return;
        }
        ByteBuf buffer = frame;
        if (!frame.hasMemoryAddress()) {
            buffer = allocate(frame.readableBytes()).writeBytes(frame, frame.readerIndex(), frame.readableBytes());
            frame.release();
        }
        ArrayDeque<ByteBuf> waiting = queue;
        if (waiting == null) {
            waiting = new ArrayDeque<>(4);
            queue = waiting;
        }
        waiting.add(buffer);
        queuedBytes += buffer.readableBytes();
    }

    @Override
    public boolean writeLast(ByteBuf frame) {
        return false;
    }

    @Override
    public void flush() {
        writeQueue();
    }

    private void writeQueue() {
        if (!socket.isOpen()) {
            return; // by the channel; the descriptor's number may belong to another connection already
        }
        ArrayDeque<ByteBuf> waiting = queue;
        try {
            for (int writes = 0; waiting != null; writes++) {
                ByteBuf first = waiting.peek();
                if (first == null) {
                    queue = null;
                    break;
                }
                if (writes == MAX_WRITES) {
                    nextTurn(this::flush);
                    return;
                }
                int written = socket.sendAddress(first.memoryAddress(), first.readerIndex(), first.writerIndex());
                if (written <= 0) {
                    return; // an event follows
                }
                queuedBytes -= written;
                if (written == first.readableBytes()) {
                    waiting.remove();
                    first.release();
                } else {
                    first.skipBytes(written);
                }
            }
        } catch (IOException e) {
            owner.onError(e);
            return;
        }
        emptied();
    }

    private void emptied() {
        if (drainAwaited) {
            drainAwaited = false;
            owner.drained();
        }
        byte action = whenWritten;
        if (action != 0 && queue == null) {
            whenWritten = 0;
            if (action == CLOSE) {
                close();
            } else {
                shutdown();
            }
        }
    }

    private void shutdown() {
        try {
            socket.shutdown(false, true);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a WebSocket's connection cannot be ended", e); // it is closed already
        }
    }

    @Override
    public void awaitDrain() {
        drainAwaited = true;
        if (queue == null) {
            owner.loop.execute(this::emptied);
        } else {
            writeQueue();
        }
    }

    @Override
    public void onDrained() {}

    // ---- reading and closing

    @Override
    public void autoRead(boolean on) {
        boolean before = reading;
        reading = on;
        if (on && !before && more) {
            readLater();
        }
    }

    @Override
    public void closeWhenWritten() {
        whenWritten = CLOSE;
        flush();
    }

    @Override
    public void shutdownWhenWritten() {
        if (whenWritten != CLOSE) {
            whenWritten = SHUTDOWN;
            flush();
        }
    }

    @Override
    public void abort() {
        close();
    }

    /** Also called when the loop ends. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        owner.keepToLoop(); // another thread may be writing to the socket
        closed = true;
        reading = false;
        ArrayDeque<ByteBuf> unwritten = queue;
        queue = null;
        queuedBytes = 0;
        if (unwritten != null) {
            unwritten.forEach(ByteBuf::release);
        }
        IoRegistration registered = registration;
        if (registered != null) {
            registered.cancel();
            closeSocket();
        }
        try {
            owner.loop.execute(owner::onInactive);
        } catch (RejectedExecutionException e) {
            owner.onInactive(); // the loop has ended
        }
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a WebSocket's socket cannot be closed", e);
        }
    }
}
