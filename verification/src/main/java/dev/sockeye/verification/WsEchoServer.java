package dev.sockeye.verification;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A plain WebSocket echo server on the host's WebSocket layer, for Autobahn. */
@Command(name = "ws-echo", description = "a plain WebSocket echo at / for Autobahn")
final class WsEchoServer implements Callable<Integer> {
    private static final int MAX_MESSAGE = 16 << 20;

    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    @Option(names = "--deflate", description = "accept permessage-deflate, for groups 12 and 13")
    private boolean deflate;

    @Override
    public Integer call() throws Exception {
        return arguments.serve(
                new Endpoint(deflate ? PerMessageDeflate.builder().threshold(0).build() : null));
    }

    private record Endpoint(@Nullable PerMessageDeflate compression) implements HostedEngine {
        @Override
        public boolean matches(String uri) {
            return true;
        }

        @Override
        public void handle(HttpExchange exchange) {
            exchange.respond(new HostResponse(426, List.of(), new byte[0]));
        }

        @Override
        public void handleUpgrade(WebSocketUpgrade upgrade) {
            upgrade.accept(List.of(), MAX_MESSAGE, compression, new Echo());
        }
    }

    private static final class Echo implements MessageListener {
        private @Nullable MessageConnection connection;

        @Override
        public void onOpen(MessageConnection opened) {
            connection = opened;
        }

        @Override
        public void onText(byte[] utf8) {
            send(false, utf8);
        }

        @Override
        public void onBinary(byte[] data) {
            send(true, data);
        }

        private void send(boolean binary, byte[] data) {
            if (connection != null) {
                connection.send(binary, MessageConnection.NO_PREFIX, data, true);
            }
        }

        @Override
        public void onDrained() {}

        @Override
        public void onClose(int code, @Nullable Throwable error) {
            connection = null;
        }
    }
}
