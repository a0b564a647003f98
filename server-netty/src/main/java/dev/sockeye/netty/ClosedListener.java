package dev.sockeye.netty;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import org.jspecify.annotations.Nullable;

/** Replaces the listener of a closed WebSocket, so that no reference to the session is kept. */
final class ClosedListener implements MessageListener {

    static final ClosedListener INSTANCE = new ClosedListener();

    private ClosedListener() {}

    @Override
    public void onOpen(MessageConnection connection) {}

    @Override
    public void onText(byte[] utf8) {}

    @Override
    public void onBinary(byte[] data) {}

    @Override
    public void onDrained() {}

    @Override
    public void onClose(int code, @Nullable Throwable error) {}
}
