package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Connects a connection and a session on different loops: calls are passed to the loop of the connection, events to the
 * loop of the session. The fields of each side are confined to its loop.
 *
 * <p>The connection is not read while many of its messages are on the way to a session's loop that is busy.
 */
final class LoopBridge implements MessageConnection, MessageListener {
    private static final System.Logger LOG = System.getLogger(LoopBridge.class.getName());

    /** The number of received bytes on the way above which the connection is not read. */
    static final long MUCH = 256 * 1024;

    /** The number of written bytes after which the session is told, even if the connection is never idle. */
    private static final long STEP = 16 * 1024;

    private final EngineLoop home;
    private final MessageConnection remote;
    private final MessageListener listener;
    private final AtomicLong onTheWay = new AtomicLong();
    // session's loop
    private long sent;
    private long drained;
    // connection's loop
    private long written;
    private long reported;
    private boolean wanted = true; // by the session
    private volatile boolean full; // written on the connection's loop

    LoopBridge(EngineLoop home, MessageConnection remote, MessageListener listener) {
        this.home = home;
        this.remote = remote;
        this.listener = listener;
    }

    @Override
    public EngineLoop loop() {
        return home;
    }

    /** A loop that has ended takes no tasks, and nothing is left to do: its sessions and connections have ended before. */
    private static void run(EngineLoop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "a loop has ended", e);
        }
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        long size = payload.length + 1L;
        sent += size;
        run(remote.loop(), () -> {
            written += size;
            remote.send(binary, prefix, payload, compress);
            long done = written - remote.pendingBytes();
            if (done - reported >= STEP) {
                reported = done;
                run(home, () -> drained = Math.max(drained, done));
            }
        });
    }

    @Override
    public long pendingBytes() {
        return sent - drained;
    }

    @Override
    public void autoRead(boolean on) {
        run(remote.loop(), () -> {
            wanted = on;
            remote.autoRead(on && !full);
        });
    }

    @Override
    public void close(int code, String reason) {
        run(remote.loop(), () -> remote.close(code, reason));
    }

    @Override
    public void abort() {
        run(remote.loop(), remote::abort);
    }

    @Override
    public void onOpen(MessageConnection connection) {
        throw new IllegalStateException("opened before it was bridged");
    }

    @Override
    public void onText(byte[] utf8) {
        passOn(utf8.length, () -> listener.onText(utf8));
    }

    @Override
    public void onBinary(byte[] data) {
        passOn(data.length, () -> listener.onBinary(data));
    }

    private void passOn(int bytes, Runnable message) {
        long size = bytes + PacketBatch.LEAST;
        if (onTheWay.addAndGet(size) > MUCH && !full) {
            full = true;
            remote.autoRead(false);
        }
        run(home, () -> {
            try {
                message.run();
            } finally {
                long left = onTheWay.addAndGet(-size);
                if (full && left <= MUCH / 2) {
                    run(remote.loop(), this::readOn);
                }
            }
        });
    }

    private void readOn() {
        if (full && onTheWay.get() <= MUCH / 2) {
            full = false;
            remote.autoRead(wanted);
        }
    }

    @Override
    public void onDrained() {
        long total = written;
        reported = total;
        run(home, () -> {
            drained = total;
            if (sent == total) {
                listener.onDrained();
            }
        });
    }

    @Override
    public void onClose(int code, @Nullable Throwable error) {
        run(home, () -> listener.onClose(code, error));
    }
}
