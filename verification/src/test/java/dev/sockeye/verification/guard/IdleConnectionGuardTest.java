package dev.sockeye.verification.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The heap used by an idle connection. The limit is also in docs/performance.md. */
@DisplayName("An idle connection")
class IdleConnectionGuardTest {
    private static final long HEAP_BYTES = 1_500; // measured: 649 to 1,266
    private static final int CONNECTIONS = 2_000;

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    private static Process clients(SocketIoServer io, int number) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        IdleClients.class.getName(),
                        String.valueOf(io.port()),
                        String.valueOf(number))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).isEqualTo("connected");
        return process;
    }

    @Test
    void usesNoMoreHeapThanTheLimit() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> socket.on("echo", (args, ack) -> ack.send(args.get(0))));
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Process first = clients(io, 200); // loads classes and fills pools and loop state
        Process all = null;
        try {
            long before = heap();
            all = clients(io, CONNECTIONS);
            long bytes = (heap() - before) / CONNECTIONS;
            assertThat(io.engine().clientsCount()).isEqualTo(200 + CONNECTIONS);
            assertThat(bytes).as("heap bytes of a connection").isBetween(200L, HEAP_BYTES);
        } finally {
            first.destroy();
            if (all != null) {
                all.destroy();
            }
            io.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }
}
