package dev.sockeye.verification;

import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.jmh.MemoryHost;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The heap usage of a connection without its network part, and of everything added to it: the terms of the sizing formula. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "heap bytes of a connection and of each room, listener and namespace, as CSV")
final class Memory implements Callable<Integer> {
    @Option(names = "--connections", defaultValue = "5000", description = "number of connections; default 5000")
    private int connections;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() {
        out.println("what,bytes");
        heapOf(500, socket -> {}, 1, false); // classes and pools
        long bare = heapOf(connections, socket -> {}, 0, false);
        print("connection without network", bare);
        print("first room", each(bare, 1, socket -> rooms(socket, 1)));
        print("additional room, one member", each(bare, 16, socket -> rooms(socket, 16)));
        print("additional room, shared by all", each(bare, 16, Memory::sharedRooms));
        print("listener", each(bare, 16, Memory::listeners));
        print("additional namespace", (heapOf(connections, socket -> {}, 4, true) - bare) / 4);
        return 0;
    }

    private void print(String what, long bytes) {
        out.println(what + "," + bytes);
    }

    private long each(long bare, int count, Consumer<Socket> more) {
        return (heapOf(connections, more, 0, false) - bare) / count;
    }

    private static void rooms(Socket socket, int count) {
        for (int i = 0; i < count; i++) {
            socket.join(socket.id() + i);
        }
    }

    private static void sharedRooms(Socket socket) {
        for (int i = 0; i < 16; i++) {
            socket.join("room" + i);
        }
    }

    private static void listeners(Socket socket) {
        for (int i = 0; i < 16; i++) {
            socket.on("event" + i, (args, ack) -> ack.send(args.size()));
        }
    }

    private static long heapOf(int connections, Consumer<Socket> more, int namespaces, boolean join) {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(HandlerExecution.eventLoop())
                .build());
        io.onConnection(more::accept);
        for (int i = 0; i < namespaces; i++) {
            io.of("/n" + i).onConnection(socket -> {});
        }
        MemoryHost host = new MemoryHost(io.hostedEngine());
        List<MemoryHost.Client> clients = new ArrayList<>(connections);
        clients.add(host.connect());
        long before = used();
        for (int i = 0; i < connections; i++) {
            MemoryHost.Client client = host.connect();
            for (int n = 0; join && n < namespaces; n++) {
                client.text("40/n" + n + ",");
                host.turn();
            }
            clients.add(client);
        }
        long bytes = (used() - before) / connections;
        if (io.engine().clientsCount() != clients.size()) {
            throw new IllegalStateException("only " + io.engine().clientsCount() + " are connected");
        }
        return bytes;
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
