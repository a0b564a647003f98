package dev.sockeye.verification.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.jakarta.JakartaOptions;
import dev.sockeye.jakarta.SockeyeServlet;
import dev.sockeye.netty.NettyHost;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyIo;
import dev.sockeye.verification.host.Host;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Seeded random clients that do everything that a client can do to a WebSocket. The system property {@code torture.seed} repeats one
 * seed, {@code torture.seeds} sets how many there are.
 */
@DisplayName("Random clients of WebSockets")
class WireTortureTest {

    private static final int BATCH = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(Long.getLong("torture.timeout", 60));
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final ExecutorService others = Executors.newFixedThreadPool(2, daemon());
    private final ExecutorService clients = Executors.newFixedThreadPool(4, daemon());
    private final TortureServer engine = new TortureServer(others);
    private @Nullable EventLoopGroup group;
    private @Nullable EngineHost host;
    private boolean container;

    private static java.util.concurrent.ThreadFactory daemon() {
        return task -> {
            Thread thread = new Thread(task, "torture");
            thread.setDaemon(true);
            return thread;
        };
    }

    @AfterEach
    void stop() {
        if (host != null) {
            host.close();
        }
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
        others.shutdownNow();
        clients.shutdownNow();
    }

    private NettyHostOptions.Builder options(NettyIo io) {
        return NettyHostOptions.builder().io(io).loops(2).closeTimeout(LONG);
    }

    @Test
    void areServedBySockets() throws Exception {
        assumeTrue(Epoll.isAvailable(), "epoll is not available here");
        run(options(NettyIo.EPOLL), 150);
    }

    @Test
    void areServedByEpollChannels() throws Exception {
        assumeTrue(Epoll.isAvailable(), "epoll is not available here");
        group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        run(options(NettyIo.EPOLL).eventLoopGroup(group), 40);
    }

    @Test
    void areServedByNioChannels() throws Exception {
        run(options(NettyIo.NIO), 40);
    }

    @Test
    void areServedByIoUring() throws Exception {
        assumeTrue(NettyIo.IO_URING.available(), "io_uring is not available here");
        run(options(NettyIo.IO_URING), 40);
    }

    /** The system property {@code torture.host} chooses a container; there is none in {@code ./test}. */
    static List<Host> containers() {
        String chosen = System.getProperty("torture.host");
        return chosen == null ? List.of() : List.of(Host.valueOf(chosen));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("containers")
    void areServedByContainers(Host kind) throws Exception {
        SockeyeServlet servlet = new SockeyeServlet(
                engine,
                JakartaOptions.builder()
                        .loops(2)
                        .closeTimeout(LONG)
                        .upgradeDecisionTimeout(LONG)
                        .maxReadPause(LONG)
                        .build());
        container = true;
        host = kind.listen(ANY, servlet);
        run(40);
        await().atMost(TIMEOUT).untilAsserted(() -> Reflection.assertNothingIsLeft(servlet));
    }

    private void run(NettyHostOptions.Builder options, int usual) throws Exception {
        host = NettyHost.listen(ANY, engine, options.build());
        run(usual);
    }

    private void run(int usual) throws Exception {
        Long one = Long.getLong("torture.seed");
        long first = one == null ? Long.getLong("torture.first", 0) : one;
        int count = one == null ? Integer.getInteger("torture.seeds", usual) : 1;
        long descriptors = descriptors();
        for (long from = first; from < first + count; from += BATCH) {
            run(from, Math.min(from + BATCH, first + count), descriptors);
        }
    }

    private record Attempt(long seed, TortureScript script, TortureClient client, TortureServer.Peer peer) {}

    private void run(long first, long end, long descriptors) throws Exception {
        AtomicLong next = new AtomicLong(first);
        List<Future<?>> running = new ArrayList<>();
        Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 4; i++) {
            running.add(clients.submit(() -> {
                for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
                    attempts.add(attempt(seed));
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        await().atMost(TIMEOUT).until(() -> descriptors() <= descriptors);
        List<String> wrong = new ArrayList<>();
        for (Attempt attempt : attempts) {
            if (attempt.peer.seen && (!container || attempt.peer.connection() != null)) {
                attempt.peer.closed.get(Long.getLong("torture.timeout", 60), TimeUnit.SECONDS);
            }
            List<String> found = new ArrayList<>(attempt.client.wrong);
            found.addAll(attempt.peer.wrong);
            TortureModel.compare(container, attempt.script, attempt.client, attempt.peer, found);
            found.forEach(each -> wrong.add("seed " + attempt.seed + ", " + attempt.script + ": " + each));
        }
        assertThat(wrong).isEmpty();
        assertThat(attempts).hasSize((int) (end - first));
        assertThat(engine.receiving).hasValue(0);
    }

    /** Whatever the clients are doing then, each of them is told, and nothing stays open. */
    @Test
    void endWithTheirHost() throws Exception {
        long descriptors = descriptors();
        long first = Long.getLong("torture.first", 0);
        int rounds = Integer.getInteger("torture.rounds", 4);
        for (int round = 0; round < rounds; round++) {
            NettyHost running =
                    NettyHost.listen(ANY, engine, options(NettyIo.AUTO).build());
            CountDownLatch started = new CountDownLatch(20 + round * 3);
            List<Future<?>> all = new ArrayList<>();
            List<TortureServer.Peer> peers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                long seed = 1_000_000 * (first + round) + i;
                TortureScript script = new TortureScript(seed);
                TortureServer.Peer peer = engine.expect("s" + seed);
                peer.accept = script.random.nextInt(3);
                peers.add(peer);
                all.add(clients.submit(() -> {
                    started.countDown();
                    TortureClient client = new TortureClient(script, "/engine.io/?name=s" + seed, false);
                    try {
                        client.run(running.address());
                    } catch (IOException e) {
                        // the host has closed
                    }
                    return client.wrong;
                }));
            }
            started.await();
            running.closeAsync().get(60, TimeUnit.SECONDS);
            for (Future<?> each : all) {
                assertThat((List<?>) each.get()).isEmpty();
            }
            for (TortureServer.Peer peer : peers) {
                assertThat(peer.connection() == null || peer.closed.isDone()).isTrue();
                assertThat(peer.wrong).isEmpty();
            }
            assertThat(engine.receiving).hasValue(0);
        }
        await().atMost(TIMEOUT).until(() -> descriptors() <= descriptors);
    }

    private static long descriptors() {
        Path all = Path.of("/proc/self/fd");
        if (!Files.isDirectory(all)) {
            return 0;
        }
        long sockets = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(all)) {
            for (Path each : open) {
                try {
                    if (Files.readSymbolicLink(each).toString().startsWith("socket:")) {
                        sockets++;
                    }
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sockets;
    }

    private Attempt attempt(long seed) throws Exception {
        TortureScript script = new TortureScript(seed);
        String name = "s" + seed;
        TortureServer.Peer peer = engine.expect(name);
        peer.accept = script.random.nextInt(3);
        TortureClient client = new TortureClient(script, "/engine.io/?name=" + name, container);
        client.run(host.address());
        return new Attempt(seed, script, client, peer);
    }
}
