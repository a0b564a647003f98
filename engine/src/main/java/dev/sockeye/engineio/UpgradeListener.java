package dev.sockeye.engineio;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import org.jspecify.annotations.Nullable;

/**
 * Receives the events of a connection that requests to take over a session until the loop of the session is known; then
 * forwards them to the transport, over a {@link LoopBridge} if necessary.
 */
final class UpgradeListener implements MessageListener {
    private final EngineSocket session;
    private final MessageTransport transport;
    private MessageListener target;

    UpgradeListener(EngineSocket session, MessageTransport transport) {
        this.session = session;
        this.transport = transport;
        this.target = transport;
    }

    @Override
    public void onOpen(MessageConnection connection) {
        if (session.loop().inLoop()) {
            transport.onOpen(connection);
        } else {
            LoopBridge bridge = new LoopBridge(session.loop(), connection, transport);
            target = bridge;
            session.loop().execute(() -> transport.onOpen(bridge));
        }
    }

    @Override
    public void onText(byte[] utf8) {
        target.onText(utf8);
    }

    @Override
    public void onBinary(byte[] data) {
        target.onBinary(data);
    }

    @Override
    public void onDrained() {
        target.onDrained();
    }

    @Override
    public void onClose(int code, @Nullable Throwable error) {
        target.onClose(code, error);
    }
}
