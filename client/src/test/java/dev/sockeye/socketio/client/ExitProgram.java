package dev.sockeye.socketio.client;

import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.client.netty.NettyClientTransport;
import dev.sockeye.socketio.client.transport.TransportName;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;

/** A program that connects and returns from main without closing anything: URL, timeout in ms, transport or GROUP. */
final class ExitProgram {
    private ExitProgram() {}

    public static void main(String[] args) throws InterruptedException {
        ClientOptionsBuilder options = ClientOptions.builder().reconnectionDelay(Duration.ofMillis(10));
        String more = args.length > 2 ? args[2] : "";
        EventLoopGroup group = null;
        if (more.equals("GROUP")) {
            group = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("mine", false), NioIoHandler.newFactory());
        } else if (!more.isEmpty()) {
            options.transports(TransportName.valueOf(more));
        }
        Socket socket = SocketIoClient.builder()
                .transport(NettyClientTransport.builder().eventLoopGroup(group).build())
                .build()
                .socket(args[0], options.build());
        try {
            socket.connectBlocking(Duration.ofMillis(Long.parseLong(args[1])));
            System.out.println("connected");
        } catch (ConnectErrorException e) {
            System.out.println("not connected");
        }
    }
}
