package dev.sockeye.verification.torture;

import static java.util.Objects.requireNonNull;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Does what the messages of a {@link TortureScript} say. */
final class TortureServer implements HostedEngine {

    private static final PerMessageDeflate COMPRESSION =
            PerMessageDeflate.builder().threshold(100).level(1).build();

    final AtomicLong receiving = new AtomicLong();
    private final ExecutorService others;
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();

    TortureServer(ExecutorService others) {
        this.others = others;
    }

    @Override
    public boolean matches(String uri) {
        return uri.startsWith("/engine.io/");
    }

    @Override
    public boolean receiving(long change) {
        receiving.addAndGet(change);
        return true;
    }

    @Override
    public void handle(HttpExchange exchange) {
        exchange.respond(new HostResponse(400, List.of(), new byte[0]));
    }

    static byte[] burst(int size, int number) {
        byte[] message = new byte[size];
        Arrays.fill(message, (byte) number);
        return message;
    }

    Peer expect(String name) {
        Peer peer = new Peer();
        peers.put(name, peer);
        return peer;
    }

    @Override
    public void handleUpgrade(WebSocketUpgrade upgrade) {
        String uri = upgrade.request().uri();
        Peer peer = requireNonNull(peers.remove(uri.substring(uri.lastIndexOf('=') + 1)));
        peer.seen = true;
        Runnable accept = () -> upgrade.accept(List.of(), TortureScript.MAX, COMPRESSION, peer);
        upgrade.onConnectionLost(() -> peer.closed.complete(1006)); // never opened
        switch (peer.accept) {
            case 0 -> accept.run();
            case 1 -> upgrade.loop().execute(accept);
            default -> others.execute(accept);
        }
    }

    /** The server's end of one connection. */
    final class Peer implements MessageListener {
        int accept;
        volatile boolean seen;
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        final List<String> wrong = new ArrayList<>();
        private @Nullable MessageConnection connection;
        private int messages;
        private boolean over;
        private final CRC32 received = new CRC32();
        private CompletableFuture<Void> direct = CompletableFuture.completedFuture(null);

        int messages() {
            return messages;
        }

        long received() {
            return received.getValue();
        }

        @Nullable
        MessageConnection connection() {
            return connection;
        }

        @Override
        public void onOpen(MessageConnection opened) {
            connection = opened;
        }

        @Override
        public void onText(byte[] utf8) {
            run(false, utf8);
        }

        @Override
        public void onBinary(byte[] data) {
            run(true, data);
        }

        private void run(boolean binary, byte[] data) {
            MessageConnection to = requireNonNull(connection);
            messages++;
            received.update(binary ? 2 : 1);
            received.update(data);
            if (over) {
                wrong.add("a message after onClose");
            }
            switch (data[0]) {
                case 'e' -> to.send(binary, MessageConnection.NO_PREFIX, data, data.length % 3 > 0);
                case 'b', 'r' -> {
                    int[] numbers = numbers(data);
                    byte[] same = burst(numbers[1], 0);
                    for (int i = 0; i < numbers[0]; i++) {
                        to.send(
                                true,
                                MessageConnection.NO_PREFIX,
                                data[0] == 'r' ? same : burst(numbers[1], i),
                                numbers[1] % 5 == 0);
                    }
                }
                case 'p' -> {
                    to.autoRead(false);
                    int micros = numbers(data)[0];
                    Runnable resume = () -> to.autoRead(true);
                    if (micros % 2 == 0) {
                        to.loop().schedule(resume, Duration.ofNanos(micros * 1000L));
                    } else {
                        to.loop().execute(() -> others.execute(() -> to.loop().execute(resume)));
                    }
                }
                case 'd' -> {
                    int[] numbers = numbers(data);
                    direct = direct.thenRunAsync(() -> direct(to, numbers), others);
                }
                case 'c' -> to.close(numbers(data)[0], "bye");
                default -> to.abort();
            }
        }

        private int[] numbers(byte[] data) {
            String text = new String(data, StandardCharsets.ISO_8859_1);
            return Arrays.stream(text.substring(1, text.indexOf(';')).split(",", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }

        private void direct(MessageConnection to, int[] numbers) {
            for (int i = 0; i < numbers[0]; i++) {
                byte[] message =
                        ("D" + (numbers[2] + i) + ";" + "x".repeat(numbers[1])).getBytes(StandardCharsets.US_ASCII);
                MessageConnection.DirectWrite write = to.startDirect(message.length, 1, false);
                CompletableFuture<Void> done = new CompletableFuture<>();
                if (write != null) {
                    write.add(false, MessageConnection.NO_PREFIX, message);
                    if (write.finish()) {
                        continue;
                    }
                    to.loop().execute(() -> {
                        to.queueRemaining();
                        done.complete(null);
                    });
                } else {
                    to.loop().execute(() -> {
                        to.send(false, MessageConnection.NO_PREFIX, message, false);
                        done.complete(null);
                    });
                }
                done.join();
            }
        }

        @Override
        public void onDrained() {
            MessageConnection to = requireNonNull(connection);
            if (to.pendingBytes() != 0) {
                wrong.add("drained with " + to.pendingBytes() + " bytes");
            }
        }

        @Override
        public void onClose(int code, @Nullable Throwable error) {
            if (over) {
                wrong.add("onClose twice");
            }
            over = true;
            closed.complete(code);
        }
    }
}
