package dev.sockeye.verification.torture;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** An engine that does what the messages of a {@link SessionClient} say. */
final class SessionServer {

    /** The largest message or body. */
    static final int MAX = 100_000;

    final EngineServer engine;
    private final ExecutorService others;
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();

    SessionServer(ExecutorService others) {
        this.others = others;
        engine = new EngineServer(
                EngineOptions.builder()
                        .path("/engine.io")
                        .maxHttpBufferSize(MAX)
                        .upgradeTimeout(Duration.ofMinutes(5))
                        .pingInterval(Duration.ofSeconds(20))
                        .pingTimeout(Duration.ofMinutes(5))
                        .maxOutboundBytes(50_000_000)
                        .build(),
                others);
        engine.onConnection(session -> {
            String uri = session.request().uri();
            int at = uri.indexOf("name=");
            int end = uri.indexOf('&', at);
            Peer peer = peers.remove(uri.substring(at + 5, end < 0 ? uri.length() : end));
            if (peer == null) {
                throw new AssertionError("an unexpected session of " + uri);
            }
            peer.session = session;
            session.listen(peer);
        });
    }

    Peer expect(String name) {
        Peer peer = new Peer();
        peers.put(name, peer);
        return peer;
    }

    /** The server's end of one session. */
    final class Peer implements EngineSocketListener {
        volatile @Nullable EngineSocket session;
        final List<String> received = new ArrayList<>();
        final List<String> wrong = new ArrayList<>();
        final CompletableFuture<CloseReason> closed = new CompletableFuture<>();
        volatile @Nullable Object description;
        private CompletableFuture<Void> thread = CompletableFuture.completedFuture(null);

        @Override
        public void onText(byte[] buffer, int offset, int length) {
            run(false, Arrays.copyOfRange(buffer, offset, offset + length));
        }

        @Override
        public void onBinary(byte[] data) {
            run(true, data);
        }

        private void send(boolean binary, byte[] data) {
            session.send(List.of(binary ? Message.binary(data) : Message.text(data)), data.length % 2 == 0, null);
        }

        private void run(boolean binary, byte[] data) {
            EngineSocket to = session;
            if (!to.loop().inLoop() || closed.isDone()) {
                wrong.add("a message on another thread or after the end");
            }
            received.add(TortureScript.key(binary ? 2 : 1, data));
            switch (data[0]) {
                case 'e' -> send(binary, data);
                case 'b' -> {
                    int[] numbers = numbers(data);
                    for (int i = 0; i < numbers[0]; i++) {
                        send(true, TortureServer.burst(numbers[1], i));
                    }
                }
                case 'w' -> LockSupport.parkNanos(numbers(data)[0] * 1000L);
                case 'p' -> {
                    to.pauseReading(true);
                    int micros = numbers(data)[0];
                    if (micros % 2 == 0) {
                        to.loop().schedule(() -> to.pauseReading(false), Duration.ofNanos(micros * 1000L));
                    } else {
                        others.execute(() -> to.pauseReading(false));
                    }
                }
                case 't' -> {
                    int[] numbers = numbers(data);
                    thread = thread.thenRunAsync(
                            () -> {
                                for (int i = 0; i < numbers[0]; i++) {
                                    String text = "D" + (numbers[2] + i) + ";" + "x".repeat(numbers[1]);
                                    send(false, text.getBytes(StandardCharsets.US_ASCII));
                                }
                            },
                            others);
                }
                case 'f' -> thread.thenRun(() -> send(false, "F".getBytes(StandardCharsets.US_ASCII)));
                case 'c' -> to.close();
                default -> {
                    // only counted
                }
            }
        }

        @Override
        public void onClose(CloseReason reason, @Nullable Object details) {
            description = details;
            if (!closed.complete(reason)) {
                wrong.add("onClose twice");
            }
        }
    }

    private static int[] numbers(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        return Arrays.stream(text.substring(1, text.indexOf(';')).split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
