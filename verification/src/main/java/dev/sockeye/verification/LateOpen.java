package dev.sockeye.verification;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Delays the first packet after the opening handshake of a WebSocket. The Engine.IO 3 suite starts to listen for messages one
 * turn after {@code open}: it loses a packet that it receives in the same read as the 101 response.
 */
record LateOpen(HostedEngine engine) implements HostedEngine {
    private static final Duration MOMENT = Duration.ofMillis(20);

    @Override
    public boolean matches(String uri) {
        return engine.matches(uri);
    }

    @Override
    public void handle(HttpExchange exchange) {
        engine.handle(exchange);
    }

    @Override
    public void handleUpgrade(WebSocketUpgrade upgrade) {
        engine.handleUpgrade(new LateUpgrade(upgrade));
    }

    private record LateUpgrade(WebSocketUpgrade upgrade) implements WebSocketUpgrade {
        @Override
        public HostRequest request() {
            return upgrade.request();
        }

        @Override
        public EngineLoop loop() {
            return upgrade.loop();
        }

        @Override
        public void accept(
                List<Header> headers,
                int maxMessageSize,
                @Nullable PerMessageDeflate compression,
                MessageListener listener) {
            upgrade.accept(headers, maxMessageSize, compression, new LateListener(listener));
        }

        @Override
        public void reject(HostResponse response) {
            upgrade.reject(response);
        }

        @Override
        public void abort() {
            upgrade.abort();
        }

        @Override
        public void onConnectionLost(Runnable action) {
            upgrade.onConnectionLost(action);
        }
    }

    private static final class LateListener implements MessageListener {
        private final MessageListener listener;
        private final Queue<Runnable> early = new ArrayDeque<>();
        private boolean open;

        LateListener(MessageListener listener) {
            this.listener = listener;
        }

        @Override
        public void onOpen(MessageConnection connection) {
            connection
                    .loop()
                    .schedule(
                            () -> {
                                open = true;
                                listener.onOpen(connection);
                                early.forEach(Runnable::run);
                                early.clear();
                            },
                            MOMENT);
        }

        private void inOrder(Runnable action) {
            if (open) {
                action.run();
            } else {
                early.add(action);
            }
        }

        @Override
        public void onText(byte[] utf8) {
            inOrder(() -> listener.onText(utf8));
        }

        @Override
        public void onBinary(byte[] data) {
            inOrder(() -> listener.onBinary(data));
        }

        @Override
        public void onDrained() {
            inOrder(listener::onDrained);
        }

        @Override
        public void onClose(int code, @Nullable Throwable error) {
            inOrder(() -> listener.onClose(code, error));
        }
    }
}
