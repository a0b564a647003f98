package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import org.jspecify.annotations.Nullable;

/**
 * Connects a connection and a session on different loops: calls are passed to the loop of the connection, events to the
 * loop of the session. The fields of each side are confined to its loop.
 */
final class LoopBridge implements MessageConnection, MessageListener {
    private final EngineLoop home;
    private final MessageConnection remote;
    private final MessageListener listener;
    // session's loop
    private long sent;
    private long drained;
    // connection's loop
    private long written;

    LoopBridge(EngineLoop home, MessageConnection remote, MessageListener listener) {
        this.home = home;
        this.remote = remote;
        this.listener = listener;
    }

    @Override
    public EngineLoop loop() {
        return home;
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        long size = payload.length + 1L;
        sent += size;
        remote.loop().execute(() -> {
            written += size;
            remote.send(binary, prefix, payload, compress);
        });
    }

    @Override
    public long pendingBytes() {
        return sent - drained;
    }

    @Override
    public void autoRead(boolean on) {
        remote.loop().execute(() -> remote.autoRead(on));
    }

    @Override
    public void close(int code, String reason) {
        remote.loop().execute(() -> remote.close(code, reason));
    }

    @Override
    public void abort() {
        remote.loop().execute(remote::abort);
    }

    @Override
    public void onOpen(MessageConnection connection) {
        throw new IllegalStateException("opened before it was bridged");
    }

    @Override
    public void onText(byte[] utf8) {
        home.execute(() -> listener.onText(utf8));
    }

    @Override
    public void onBinary(byte[] data) {
        home.execute(() -> listener.onBinary(data));
    }

    @Override
    public void onDrained() {
        long total = written;
        home.execute(() -> {
            drained = total;
            if (sent == total) {
                listener.onDrained();
            }
        });
    }

    @Override
    public void onClose(int code, @Nullable Throwable error) {
        home.execute(() -> listener.onClose(code, error));
    }
}
