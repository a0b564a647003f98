package dev.sockeye.verification.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.netty.NettyHost;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.wire.RawWebSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The number of wake-ups of handler threads for messages of many clients that arrive together. */
@DisplayName("Handovers to handler threads")
class HandoverGuardTest {
    private static final int CLIENTS = 20;

    private final AtomicInteger handovers = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<RawWebSocket> clients = new ArrayList<>();
    private final SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
            .execution(HandlerExecution.pool(this::execute))
            .build());

    private void execute(Runnable task) {
        if (group.next().inEventLoop()) {
            handovers.incrementAndGet();
        }
        threads.execute(task);
    }

    @AfterEach
    void stop() throws Exception {
        for (RawWebSocket client : clients) {
            client.close();
        }
        io.closeAsync().get(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        threads.shutdown();
    }

    @Test
    void messagesOfManyClientsInOneLoopTurnShareAHandover() throws Exception {
        io.onConnection(socket -> socket.on("echo", (args, ack) -> ack.send(args.payload(0))));
        Channel listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(1000));
                        NettyHost.attach(channel.pipeline(), io.hostedEngine());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        for (int i = 0; i < CLIENTS; i++) {
            RawWebSocket client = RawWebSocket.open(port, "/socket.io/?EIO=4&transport=websocket");
            clients.add(client);
            client.readUntil("0{");
            client.send("40");
            client.readUntil("40{");
        }
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        group.next().execute(() -> {
            busy.countDown();
            try {
                go.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        busy.await(10, TimeUnit.SECONDS);
        handovers.set(0);
        for (RawWebSocket client : clients) {
            client.send("420[\"echo\",1]"); // while the loop is busy: it reads them all in one turn
        }
        go.countDown();
        for (RawWebSocket client : clients) {
            client.readUntil("430[1]");
        }
        // the turn; a second one if the loop was woken between two messages
        assertThat(handovers.get()).isBetween(1, 2);
    }
}
