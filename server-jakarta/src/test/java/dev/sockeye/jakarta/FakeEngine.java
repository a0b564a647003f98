package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.HttpExchange.BodyListener;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Answers a request by its query, and echoes on WebSocket. */
final class FakeEngine implements HostedEngine {

    static final int LIMIT = 1_000_000;
    /** More than any container allows by default. */
    static final int LARGE = 12_000_000;

    final LinkedBlockingQueue<HostRequest> requests = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<HttpExchange> parked = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
    final AtomicInteger aborted = new AtomicInteger();
    final List<Throwable> offences = new CopyOnWriteArrayList<>();

    @Override
    public boolean matches(String uri) {
        return uri.startsWith("/socket.io/");
    }

    final AtomicLong receiving = new AtomicLong();
    volatile long mayReceive = Long.MAX_VALUE;

    @Override
    public boolean receiving(long change) {
        return receiving.addAndGet(change) <= mayReceive;
    }

    @Override
    public void handle(HttpExchange exchange) {
        check(exchange.loop().inLoop());
        requests.add(exchange.request());
        String uri = exchange.request().uri();
        if (uri.endsWith("?park")) {
            parked.add(exchange);
        } else if (exchange.request().method().equals("POST")) {
            if (uri.endsWith("?half")) {
                parked.add(exchange);
            }
            exchange.readBody(uri.endsWith("?large") ? LARGE : LIMIT, new BodyListener() {
                @Override
                public void onBody(byte[] body) {
                    check(exchange.loop().inLoop());
                    exchange.respond(text(200, body));
                }

                @Override
                public void onTooLarge() {
                    check(exchange.loop().inLoop());
                    exchange.respond(new HostResponse(413, List.of(), new byte[0]));
                }

                @Override
                public void onBusy() {
                    check(exchange.loop().inLoop());
                    exchange.respond(new HostResponse(503, List.of(), new byte[0]));
                }

                @Override
                public void onAborted() {
                    check(exchange.loop().inLoop());
                    aborted.incrementAndGet();
                }
            });
        } else {
            exchange.respond(text(200, uri.getBytes(StandardCharsets.UTF_8)));
        }
    }

    static HostResponse text(int status, byte[] body) {
        return new HostResponse(
                status,
                List.of(
                        new Header("Content-Type", "text/plain; charset=UTF-8"),
                        new Header("Set-Cookie", "a=1"),
                        new Header("Set-Cookie", "b=2")),
                body);
    }

    @Override
    public void handleUpgrade(WebSocketUpgrade upgrade) {
        check(upgrade.loop().inLoop());
        requests.add(upgrade.request());
        String uri = upgrade.request().uri();
        if (uri.endsWith("?refuse")) {
            upgrade.reject(text(403, "no entry".getBytes(StandardCharsets.UTF_8)));
        } else if (uri.endsWith("?deflate")) {
            accept(upgrade, PerMessageDeflate.builder().threshold(0).build());
        } else if (uri.endsWith("?deflate-forget")) {
            accept(
                    upgrade,
                    PerMessageDeflate.builder()
                            .threshold(0)
                            .serverNoContextTakeover(true)
                            .clientNoContextTakeover(true)
                            .build());
        } else if (uri.endsWith("?late")) {
            upgrade.loop().schedule(() -> accept(upgrade), Duration.ofMillis(50));
        } else if (uri.endsWith("?late-refuse")) {
            upgrade.loop()
                    .schedule(
                            () -> upgrade.reject(text(403, "no entry".getBytes(StandardCharsets.UTF_8))),
                            Duration.ofMillis(50));
        } else {
            accept(upgrade);
        }
    }

    private void accept(WebSocketUpgrade upgrade) {
        accept(upgrade, null);
    }

    private void accept(WebSocketUpgrade upgrade, @Nullable PerMessageDeflate compression) {
        upgrade.accept(
                List.of(new Header("X-Extra", "one"), new Header("X-Extra", "two")), LIMIT, compression, new Peer());
    }

    Peer peer() throws InterruptedException {
        Peer peer = peers.poll(10, TimeUnit.SECONDS);
        if (peer == null) {
            throw new AssertionError("no WebSocket was opened");
        }
        return peer;
    }

    void check(boolean right) {
        if (!right) {
            offences.add(new AssertionError("not on the loop"));
        }
    }

    /** The engine's end of a WebSocket. */
    final class Peer implements MessageListener {
        private final CompletableFuture<MessageConnection> opened = new CompletableFuture<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        volatile @Nullable Throwable error;
        volatile boolean echo = true;
        final AtomicInteger received = new AtomicInteger();
        final AtomicLong receivedBytes = new AtomicLong();
        final AtomicInteger drained = new AtomicInteger();

        MessageConnection connection() {
            return opened.join();
        }

        void run(java.util.function.Consumer<MessageConnection> action) {
            connection().loop().execute(() -> action.accept(connection()));
        }

        @Override
        public void onOpen(MessageConnection connection) {
            check(connection.loop().inLoop());
            opened.complete(connection);
            peers.add(this);
        }

        @Override
        public void onText(byte[] utf8) {
            onMessage(false, utf8);
        }

        @Override
        public void onBinary(byte[] data) {
            onMessage(true, data);
        }

        private void onMessage(boolean binary, byte[] data) {
            check(connection().loop().inLoop());
            check(!closed.isDone());
            received.incrementAndGet();
            receivedBytes.addAndGet(data.length);
            if (echo) {
                connection().send(binary, MessageConnection.NO_PREFIX, data, true);
            }
        }

        @Override
        public void onDrained() {
            check(connection().loop().inLoop());
            check(connection().pendingBytes() == 0);
            drained.incrementAndGet();
        }

        @Override
        public void onClose(int code, @Nullable Throwable why) {
            MessageConnection connection = opened.getNow(null);
            check(connection != null && connection.loop().inLoop());
            error = why;
            check(closed.complete(code));
        }
    }
}
