package dev.sockeye.examples;

import dev.sockeye.netty.HttpFallback;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.redis.RedisStreamsAdapter;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;

/** One of several chat servers that are connected by Redis: messages reach all clients, whichever server they are connected to. */
public final class ClusterChat {
    private ClusterChat() {}

    /** Starts a server with its page; blocks until the port (0: any free one) is bound. */
    public static SocketIoServer start(String redis, int port, String name) throws IOException {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(RedisStreamsAdapter.create(redis))
                .connectionStateRecovery(true)
                .build());
        io.onConnection(socket -> {
            socket.emit("server", name);
            socket.on("chat message", String.class, text -> io.emit("chat message", Map.of("text", text, "by", name)));
        });
        HttpFallback page = HttpFallback.resources(ClusterChat.class, "/dev/sockeye/examples/cluster");
        NettyHostOptions host = NettyHostOptions.builder().fallback(page).build();
        return io.listen(new InetSocketAddress(port), new NettyHostProvider(host));
    }

    /** {@code ClusterChat REDIS-URI PORT NAME}. */
    public static void main(String[] args) throws Exception {
        start(args[0], Integer.parseInt(args[1]), args[2]);
        System.out.println(args[2] + " listens on port " + args[1]);
        Thread.currentThread().join();
    }
}
