package dev.sockeye.verification.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import dev.sockeye.verification.wire.RawWebSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded random clients of a Socket.IO server with small limits. Whatever they do, nothing of them is left. */
@DisplayName("Random clients of a Socket.IO server")
class ServerTortureTest {

    private static final int MOST = 12;
    private static final TortureScript.End[] ENDS = {
        TortureScript.End.CLOSE, TortureScript.End.HALF_CLOSE, TortureScript.End.VANISH, TortureScript.End.RESET
    };

    private final ExecutorService clients = Executors.newFixedThreadPool(8);
    private SocketIoServer io;
    private EngineHost host;
    private volatile boolean done;

    @AfterEach
    void stop() throws Exception {
        done = true;
        clients.shutdownNow();
        if (io != null) {
            io.closeAsync().get(60, TimeUnit.SECONDS);
        }
        if (host != null) {
            host.close();
        }
    }

    private void start(Host kind, HandlerExecution execution) throws Exception {
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(execution)
                .mailboxCapacity(8)
                .maxInboundBytes(200_000)
                .maxTotalInboundBytes(500_000)
                .engine(engine -> engine.maxHttpBufferSize(100_000)
                        .maxOutboundBytes(300_000)
                        .maxTotalOutboundBytes(1_000_000)
                        .maxTotalReceivingBytes(300_000)
                        .maxConnections(MOST))
                .build());
        for (String name : List.of("/", "/a")) {
            Namespace namespace = io.of(name);
            namespace.onConnection(socket -> {
                socket.join("room", "r" + socket.id().charAt(0));
                socket.on("work", (args, ack) -> LockSupport.parkNanos(args.get(0, Integer.class) * 1000L));
                socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
                socket.on("room", (args, ack) -> socket.to("room").emit("said", args.payload(0)));
                socket.on("flood", (args, ack) -> {
                    for (int i = 0; i < 40; i++) {
                        socket.emit("data", (Object) new byte[5_000]);
                    }
                });
                socket.on("bye", (args, ack) -> socket.disconnect(args.get(0, Integer.class) == 1));
                socket.on("ask", (args, ack) -> {
                    var unused = socket.timeout(Duration.ofMillis(50)).emitWithAck("answer");
                });
                socket.on("boom", (args, ack) -> {
                    throw new IllegalStateException("expected in the log of this test");
                });
            });
        }
        host = kind.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), io.hostedEngine());
    }

    private static List<Object> messages(Random random) {
        List<Object> all = new ArrayList<>();
        all.add("40");
        if (random.nextInt(3) == 0) {
            all.add("40/a,{\"token\":1}");
        }
        int count = random.nextInt(random.nextInt(5) == 0 ? 200 : 20);
        for (int i = 0; i < count; i++) {
            String name = random.nextInt(4) == 0 ? "/a," : "";
            switch (random.nextInt(24)) {
                case 0 -> {
                    all.add("451-" + name + "[\"room\",{\"_placeholder\":true,\"num\":0}]");
                    all.add(new byte[random.nextInt(90_000)]);
                }
                case 1 -> { // the second attachment may never come
                    all.add("452-" + name
                            + "[\"echo\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
                    all.add(new byte[random.nextInt(90_000)]);
                    if (random.nextBoolean()) {
                        all.add(new byte[random.nextInt(90_000)]);
                    }
                }
                case 2 -> all.add("42" + name + "[\"flood\"]");
                case 3 -> all.add("42" + name + "[\"ask\"]");
                case 4 -> all.add("43" + name + random.nextInt(5) + "[1]");
                case 5 -> all.add("2");
                case 6 -> {
                    if (random.nextInt(4) == 0) {
                        all.add("42" + name + "[\"bye\"," + random.nextInt(2) + "]");
                    }
                }
                case 7 -> {
                    if (random.nextInt(4) == 0) {
                        all.add("41" + name);
                    }
                }
                case 8 -> {
                    if (random.nextInt(6) == 0) {
                        all.add(new String[] {"4", "49", "42[", "x", "42/b,[\"e\"]", "6", "1", "5"}[random.nextInt(8)]);
                    }
                }
                case 9 -> {
                    if (random.nextInt(10) == 0) {
                        all.add("42" + name + "[\"boom\"]");
                    }
                }
                case 10, 11, 12 -> all.add("42" + name + "[\"work\"," + random.nextInt(3000) + "]");
                case 13, 14 -> all.add("42" + name + i + "[\"echo\",\"" + "x".repeat(random.nextInt(20_000)) + "\"]");
                case 15 -> all.add("42" + name + "[\"work\",10,\"" + "y".repeat(random.nextInt(90_000)) + "\"]");
                default -> all.add("42" + name + i + "[\"echo\"," + i + "]");
            }
        }
        return all;
    }

    private void run(Host kind, int usual, HandlerExecution execution) throws Exception {
        start(kind, execution);
        AtomicLong next = new AtomicLong(Long.getLong("torture.first", 0));
        long end = next.get() + Integer.getInteger("torture.seeds", usual);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            running.add(clients.submit(() -> {
                for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
                    Random random = new Random(seed * 7919 + 3);
                    TortureScript script = new TortureScript(seed, ENDS[random.nextInt(ENDS.length)], messages(random));
                    TortureClient client = new TortureClient(script, "/socket.io/?EIO=4&transport=websocket", false);
                    client.run(host.address());
                    assertThat(client.wrong.stream().filter(each -> each.startsWith("no end")))
                            .as("seed " + seed + " " + script)
                            .isEmpty();
                }
                return null;
            }));
        }
        Thread broadcasts = new Thread(() -> {
            Random random = new Random(1);
            while (!done) {
                io.to("room").emit("all", (Object) new byte[random.nextInt(3000)]);
                if (random.nextInt(50) == 0) {
                    io.in("r" + "abcABC".charAt(random.nextInt(6))).disconnectSockets(random.nextBoolean());
                }
                LockSupport.parkNanos(1_000_000);
            }
        });
        broadcasts.start();
        for (Future<?> each : running) {
            each.get();
        }
        done = true;
        broadcasts.join();
        EngineServer engine = io.engine();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(engine.clientsCount()).isZero();
            for (String name : List.of("/", "/a")) {
                assertThat(io.of(name).sockets()).isEmpty();
                assertThat((int) Reflection.call(Reflection.call(io.of(name), "core"), "membersForTest"))
                        .isZero();
            }
            assertThat((long) Reflection.call(Reflection.call(Reflection.call(io, "context"), "inboundTotal"), "used"))
                    .isZero();
            assertThat(((AtomicLong) Reflection.field(engine, "receiving")).get())
                    .isZero();
            assertThat((long) Reflection.call(Reflection.call(engine, "outbound"), "total"))
                    .isZero();
        });
        List<RawWebSocket> open = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            open.add(RawWebSocket.open(host.address().getPort(), "/socket.io/?EIO=4&transport=websocket"));
        }
        for (RawWebSocket client : open) {
            client.close();
        }
    }

    /** The system property {@code torture.host} chooses another host. */
    static Host[] hosts() {
        return new Host[] {Host.valueOf(System.getProperty("torture.host", "NETTY"))};
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void leaveNothingBehindWithHandlersOnThreads(Host kind) throws Exception {
        run(kind, kind == Host.NETTY ? 40 : 16, HandlerExecution.elastic(16));
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void leaveNothingBehindWithHandlersOnTheLoop(Host kind) throws Exception {
        run(kind, kind == Host.NETTY ? 40 : 16, HandlerExecution.eventLoop());
    }
}
