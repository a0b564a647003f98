package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One event loop, with the state shared by its connections: the list of WebSockets to flush at the end of the
 * iteration, the encoded frames of broadcast payloads, and the list of HTTP connections with a deadline. All methods
 * except those of {@link EngineLoop} must be called on the loop's thread.
 */
final class NettyLoop implements EngineLoop {

    private static final FastThreadLocal<NettyLoop> CURRENT = new FastThreadLocal<>();
    private static final int CACHED_FRAMES = 4;
    private static final int DIRECT_BUFFERS = 4;
    private static final int DIRECT_BUFFER = 16 * 1024;

    private static final byte[] WEBSOCKET_GUID =
            "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".getBytes(StandardCharsets.ISO_8859_1);

    private final EventLoop eventLoop;
    private final MessageDigest sha1 = sha1();
    private final FlushQueue flushQueue;

    private final @Nullable Object[] cachedPayloads = new Object[CACHED_FRAMES];
    private final int[] cachedKinds = new int[CACHED_FRAMES];
    private final @Nullable ByteBuf[] cachedFrames = new ByteBuf[CACHED_FRAMES];
    private byte @Nullable [] lastPayload;
    private int cacheNext;
    private int cacheCount;

    private final boolean guardsSockets;
    /** The buffer for the frames of one WebSocket in an iteration. */
    private final LoopBuffer outBuffer = LoopBuffer.returned(FrameWriter.LARGEST_BUFFER);

    /** The buffers for direct writes by other threads. */
    private final AtomicReferenceArray<@Nullable ByteBuf> directBuffers = new AtomicReferenceArray<>(DIRECT_BUFFERS);

    private final List<Runnable> ends = new ArrayList<>(1);
    private @Nullable NodeConnections nodes;
    private @Nullable HttpConnection firstHttp;
    private boolean sweepScheduled;
    private long dateSecond;
    private String date = "";

    private NettyLoop(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
        this.flushQueue = new FlushQueue(eventLoop, this::releaseShared);
        this.guardsSockets = eventLoop instanceof IoEventLoop io && io.isIoType(SocketGuard.class);
        awaitEnd();
    }

    private void awaitEnd() {
        if (eventLoop instanceof SingleThreadEventExecutor executor) {
            executor.addShutdownHook(this::end);
        }
    }

    private void end() {
        List<Runnable> actions = List.copyOf(ends);
        ends.clear();
        actions.forEach(Runnable::run);
    }

    /** Whether other threads may write to the sockets of this loop: they are not closed during a write. */
    boolean guardsSockets() {
        return guardsSockets;
    }

    /** The buffer for the frames that are written to a socket at the end of this iteration. */
    LoopBuffer outBuffer() {
        return outBuffer;
    }

    /** Returns a buffer with room for this many bytes, at most {@value #DIRECT_BUFFER}. Any thread. */
    ByteBuf takeBuffer(int bytes) {
        assert bytes <= DIRECT_BUFFER;
        int first = slot();
        for (int i = 0; i < DIRECT_BUFFERS; i++) {
            ByteBuf buffer = directBuffers.getAndSet((first + i) % DIRECT_BUFFERS, null);
            if (buffer != null) {
                return buffer;
            }
        }
        // the garbage collector frees it when the loop has ended and it is no longer used
        return Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(DIRECT_BUFFER)).clear();
    }

    /** Returns a buffer to the pool after its bytes were written. Any thread. */
    void giveBuffer(ByteBuf buffer) {
        buffer.clear();
        int first = slot();
        for (int i = 0; i < DIRECT_BUFFERS; i++) {
            if (directBuffers.compareAndSet((first + i) % DIRECT_BUFFERS, null, buffer)) {
                return;
            }
        }
        buffer.release();
    }

    @SuppressWarnings("deprecation") // threadId() requires Java 19
    private static int slot() {
        return (int) (Thread.currentThread().getId() & Integer.MAX_VALUE) % DIRECT_BUFFERS;
    }

    /** The loop of the calling thread, which must be an event loop thread. */
    static NettyLoop of(EventLoop eventLoop) {
        assert eventLoop.inEventLoop();
        NettyLoop loop = CURRENT.getIfExists();
        if (loop == null || loop.eventLoop != eventLoop) {
            loop = new NettyLoop(eventLoop);
            CURRENT.set(loop);
        }
        return loop;
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    @Override
    public boolean hasTurns() {
        return eventLoop instanceof SingleThreadEventLoop;
    }

    @Override
    public boolean executeAtTurnEnd(Runnable task) {
        if (eventLoop instanceof SingleThreadEventLoop loop && !loop.isShuttingDown()) {
            try {
                loop.executeAfterEventLoopIteration(task);
                return true;
            } catch (RejectedExecutionException e) {
                return false;
            }
        }
        return false;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, Duration delay) {
        Future<?> future = eventLoop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public Timer onEnd(Runnable action) {
        ends.add(action);
        if (eventLoop.isShuttingDown()) {
            awaitEnd(); // in the quiet period: the earlier actions may have run
        }
        return () -> ends.remove(action);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    /** The WebSockets of this loop that have something to write. */
    FlushQueue flushQueue() {
        return flushQueue;
    }

    private void releaseShared() {
        lastPayload = null;
        if (cacheCount > 0) {
            releaseFrames();
        }
    }

    /**
     * Whether the previous small message had the same payload: then it is a broadcast, and its frame is worth sharing.
     */
    @SuppressWarnings("ReferenceEquality")
    boolean repeated(byte[] payload) {
        if (lastPayload == payload) {
            return true;
        }
        lastPayload = payload;
        return false;
    }

    /**
     * The complete frame of a large message; the caller retains it and must not change its indices. Returns the same
     * frame for the same arguments in the same iteration.
     */
    ByteBuf frame(FrameWriter socket, boolean binary, int prefix, byte[] payload) {
        int kind = ((prefix + 1) << 1) | (binary ? 1 : 0);
        for (int i = 0; i < cacheCount; i++) {
            ByteBuf frame = cachedFrames[i];
            if (cachedPayloads[i] == payload && cachedKinds[i] == kind && frame != null) {
                return frame;
            }
        }
        ByteBuf frame = socket.allocate(payload.length + 1 + FrameEncoder.MAX_HEADER);
        FrameEncoder.encode(frame, binary, prefix, payload);
        ByteBuf old = cachedFrames[cacheNext];
        if (old != null) {
            old.release();
        }
        cachedPayloads[cacheNext] = payload;
        cachedKinds[cacheNext] = kind;
        cachedFrames[cacheNext] = frame;
        cacheNext = (cacheNext + 1) % CACHED_FRAMES;
        cacheCount = Math.min(cacheCount + 1, CACHED_FRAMES);
        return frame;
    }

    private void releaseFrames() {
        for (int i = 0; i < CACHED_FRAMES; i++) {
            ByteBuf frame = cachedFrames[i];
            if (frame != null) {
                frame.release();
                cachedFrames[i] = null;
            }
            cachedPayloads[i] = null;
        }
        cacheCount = 0;
        cacheNext = 0;
    }

    /** The connections of this loop to other servers. */
    NodeConnections nodes() {
        NodeConnections known = nodes;
        if (known == null) {
            known = new NodeConnections(eventLoop);
            nodes = known;
        }
        return known;
    }

    /** Starts watching the deadline of an HTTP connection. */
    void watch(HttpConnection connection, Duration interval) {
        HttpConnection first = firstHttp;
        connection.next = first;
        if (first != null) {
            first.previous = connection;
        }
        firstHttp = connection;
        if (!sweepScheduled) {
            sweepScheduled = true;
            scheduleSweep(interval);
        }
    }

    /** Stops watching the deadline; has no effect if it was not watched. */
    void unwatch(HttpConnection connection) {
        HttpConnection previous = connection.previous;
        HttpConnection next = connection.next;
        if (previous != null) {
            previous.next = next;
        } else if (firstHttp == connection) {
            firstHttp = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        connection.previous = null;
        connection.next = null;
    }

    private void scheduleSweep(Duration interval) {
        var unused = eventLoop.schedule(() -> sweep(interval), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void sweep(Duration interval) {
        long now = System.nanoTime();
        HttpConnection connection = firstHttp;
        while (connection != null) {
            HttpConnection next = connection.next;
            connection.checkDeadline(now);
            connection = next;
        }
        if (firstHttp == null) {
            sweepScheduled = false;
        } else {
            scheduleSweep(interval);
        }
    }

    /** The {@code Sec-WebSocket-Accept} value for a {@code Sec-WebSocket-Key}. */
    String acceptKey(String key) {
        sha1.update(key.getBytes(StandardCharsets.ISO_8859_1));
        return Base64.getEncoder().encodeToString(sha1.digest(WEBSOCKET_GUID));
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // required on every Java platform
        }
    }

    /** The current time in the format of HTTP. */
    String date() {
        long second = System.currentTimeMillis() / 1000;
        if (second != dateSecond) {
            dateSecond = second;
            date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        }
        return date;
    }
}
