package dev.sockeye.verification.soak;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import dev.sockeye.verification.wire.RawWebSocket;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One client reads nothing while 200,000 messages are broadcast; the heap must stay flat, and the other clients must not be affected. */
@Command(name = "stalled-reader", description = "broadcasts 200,000 x 1 KB to a stalled reader and another one")
public final class StalledReader implements Callable<Integer> {
    private static final int WINDOW = 500;
    /** The default limit of the queue of one client, plus a margin. */
    private static final long TOLERATED_BYTES = (16L + 8) << 20;

    @Option(names = "--messages", defaultValue = "200000", description = "number of messages; default 200000")
    private int messages = 200_000;

    @Option(names = "--size", defaultValue = "1024", description = "size of a message in bytes; default 1024")
    private int size = 1024;

    @Option(names = "--host", defaultValue = "netty", description = "the host: ${COMPLETION-CANDIDATES}; default netty")
    private Host host = Host.NETTY;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws Exception {
        SocketIoServer io =
                SocketIoServer.create(SocketIoServerOptions.builder().build());
        CompletableFuture<String> reason = new CompletableFuture<>();
        CountDownLatch here = new CountDownLatch(2);
        io.onConnection(socket -> {
            if ("yes".equals(socket.handshake().query().get("stalled"))) {
                socket.onDisconnect((why, description) -> reason.complete(why.text()));
            }
            here.countDown();
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
        List<String> wrong = new ArrayList<>();
        try (RawWebSocket stalled = join(io.port(), "&stalled=yes");
                RawWebSocket reader = join(io.port(), "")) {
            here.await();
            String text = "x".repeat(size);
            long before = Inventory.take().heap();
            Semaphore window = new Semaphore(WINDOW);
            CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> readAll(reader, window));
            long most = 0;
            for (int i = 0; i < messages; i++) {
                if (!window.tryAcquire(20, TimeUnit.SECONDS)) {
                    wrong.add("the other reader has been waiting since message " + i);
                    break;
                }
                io.emit("news", text);
                if (i % Math.max(messages / 10, 1) == messages / 20) {
                    most = Math.max(most, Inventory.take().heap());
                }
            }
            io.emit("end");
            int got = read.get(60, TimeUnit.SECONDS);
            String why = reason.get(20, TimeUnit.SECONDS);
            most = Math.max(most, Inventory.take().heap());
            out.printf(
                    "%d x %d bytes; the other reader received %d; the stalled reader was closed: %s; live heap %.1f MB before,"
                            + " %.1f MB at most%n",
                    messages, size, got, why, before / 1048576.0, most / 1048576.0);
            if (got != messages) {
                wrong.add("the other reader received " + got + " of " + messages);
            }
            if (most > before + TOLERATED_BYTES) {
                wrong.add("the heap grew");
            }
            if (!stalled.raw().closes()) {
                wrong.add("the stalled connection is still open");
            }
        } finally {
            io.closeAsync().join();
        }
        wrong.forEach(line -> out.println("WRONG: " + line));
        out.println(wrong.isEmpty() ? "the heap stayed flat" : "failed");
        return wrong.isEmpty() ? 0 : 1;
    }

    private static RawWebSocket join(int port, String more) throws IOException {
        RawWebSocket socket = RawWebSocket.open(port, "/socket.io/?EIO=4&transport=websocket" + more);
        socket.readUntil("0{");
        socket.send("40");
        socket.readUntil("40{");
        return socket;
    }

    private static int readAll(RawWebSocket reader, Semaphore window) {
        try {
            int count = 0;
            while (true) {
                String text = reader.read().text();
                if (text.equals("2")) {
                    reader.send("3");
                } else if (text.startsWith("42[\"news\"")) {
                    count++;
                    window.release();
                } else if (text.startsWith("42[\"end\"")) {
                    return count;
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
