package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Echoes bodies and messages, and records the callbacks of the host. */
class EchoEngine implements HostedEngine {

    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final BlockingQueue<MessageConnection> sockets = new LinkedBlockingQueue<>();
    final BlockingQueue<HttpExchange> exchanges = new LinkedBlockingQueue<>();
    String prefix = "/engine.io/";
    final AtomicLong receiving = new AtomicLong();
    volatile long mayReceive = Long.MAX_VALUE;
    int limit = 1000;
    int maxMessageSize = 1_000_000;

    @Nullable
    PerMessageDeflate compression;

    Consumer<HttpExchange> onRequest = this::echo;
    Consumer<WebSocketUpgrade> onUpgrade = this::accept;

    @Override
    public boolean matches(String uri) {
        return uri.startsWith(prefix);
    }

    @Override
    public boolean receiving(long change) {
        return receiving.addAndGet(change) <= mayReceive;
    }

    @Override
    public void handle(HttpExchange exchange) {
        exchanges.add(exchange);
        exchange.onConnectionLost(() -> events.add("lost"));
        onRequest.accept(exchange);
    }

    void echo(HttpExchange exchange) {
        exchange.readBody(limit, new HttpExchange.BodyListener() {
            @Override
            public void onBody(byte[] body) {
                exchange.respond(new HostResponse(200, List.of(new Header("Content-Type", "text/plain")), body));
            }

            @Override
            public void onTooLarge() {
                events.add("too large");
                exchange.respond(new HostResponse(413, List.of(), new byte[0]));
            }

            @Override
            public void onBusy() {
                exchange.respond(new HostResponse(503, List.of(), new byte[0]));
            }

            @Override
            public void onAborted() {
                events.add("aborted");
            }
        });
    }

    @Override
    public void handleUpgrade(WebSocketUpgrade upgrade) {
        upgrade.onConnectionLost(() -> events.add("upgrade lost"));
        onUpgrade.accept(upgrade);
    }

    void accept(WebSocketUpgrade upgrade) {
        upgrade.accept(List.of(new Header("X-Hello", "world")), maxMessageSize, compression, new Echo());
    }

    static HostResponse text(int status, String body) {
        return new HostResponse(status, List.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** Echoes messages with their type. */
    class Echo implements MessageListener {
        private @Nullable MessageConnection connection;

        @Override
        public void onOpen(MessageConnection opened) {
            connection = opened;
            sockets.add(opened);
        }

        @Override
        public void onText(byte[] utf8) {
            connection.send(false, MessageConnection.NO_PREFIX, utf8, true);
        }

        @Override
        public void onBinary(byte[] data) {
            connection.send(true, MessageConnection.NO_PREFIX, data, true);
        }

        @Override
        public void onDrained() {
            assert connection.pendingBytes() == 0;
        }

        @Override
        public void onClose(int code, @Nullable Throwable error) {
            events.add("close " + code + (error == null ? "" : " " + error.getMessage()));
        }
    }
}
