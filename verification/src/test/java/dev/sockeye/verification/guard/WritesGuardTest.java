package dev.sockeye.verification.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.netty.NettyHost;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.wire.RawWebSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The number of writes for a batch of messages: all messages of one loop turn are written together. Each flush
 * of a channel is one system call. The counts are also in docs/performance.md.
 */
@DisplayName("Batched writes")
class WritesGuardTest {
    private static final int BATCH = 50;
    private static final int CLIENTS = 20;

    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger flushes = new AtomicInteger();
    private final List<RawWebSocket> clients = new ArrayList<>();
    private EventLoopGroup group;
    private Channel listening;
    private SocketIoServer io;

    private final class Counter extends ChannelDuplexHandler {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
            writes.incrementAndGet();
            super.write(ctx, message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext ctx) throws Exception {
            flushes.incrementAndGet();
            super.flush(ctx);
        }
    }

    private void start(HandlerExecution execution) throws Exception {
        io = SocketIoServer.create(
                SocketIoServerOptions.builder().execution(execution).build());
        io.onConnection(socket -> {
            socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
            socket.on("news", (args, ack) -> {
                for (int i = 0; i < BATCH; i++) {
                    io.emit("news", i);
                }
            });
        });
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Counter(), new HttpServerCodec());
                        channel.pipeline().addLast(new HttpObjectAggregator(1000));
                        NettyHost.attach(channel.pipeline(), io.hostedEngine());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    private RawWebSocket connect() throws Exception {
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        RawWebSocket client = RawWebSocket.open(port, "/socket.io/?EIO=4&transport=websocket");
        clients.add(client);
        client.readUntil("0{");
        client.send("40");
        client.readUntil("40{");
        return client;
    }

    private void reset() throws Exception {
        group.next().submit(() -> {}).get(); // earlier messages have been processed
        writes.set(0);
        flushes.set(0);
    }

    @AfterEach
    void stop() throws Exception {
        for (RawWebSocket client : clients) {
            client.close();
        }
        io.closeAsync().get(5, TimeUnit.SECONDS);
        listening.close().get(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void answersToABatchOfEventsAreWrittenTogether() throws Exception {
        start(HandlerExecution.eventLoop());
        RawWebSocket client = connect();
        reset();
        client.raw().write(AllocationGuardTest.frames("420[\"echo\",\"hello\"]", BATCH));
        for (int i = 0; i < BATCH; i++) {
            client.readUntil("430[");
        }
        // one segment of 1.4 kB is received in one read; a second one would be a second turn
        assertThat(flushes.get()).isBetween(1, 2);
        assertThat(writes.get()).isBetween(1, 2);
    }

    @Test
    void broadcastsInOneLoopTurnAreWrittenOncePerReceiver() throws Exception {
        start(HandlerExecution.eventLoop());
        for (int i = 0; i < CLIENTS; i++) {
            connect();
        }
        reset();
        clients.get(0).send("42[\"news\"]");
        for (RawWebSocket client : clients) {
            client.readUntil("42[\"news\"," + (BATCH - 1) + "]");
        }
        assertThat(flushes.get()).isEqualTo(CLIENTS);
        assertThat(writes.get()).isEqualTo(CLIENTS);
    }

    @Test
    void aBatchFromAnApplicationThreadIsWrittenOncePerReceiver() throws Exception {
        start(HandlerExecution.automatic());
        for (int i = 0; i < CLIENTS; i++) {
            connect();
        }
        reset();
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
        for (int i = 0; i < BATCH; i++) {
            io.emit("news", i); // from a thread of the application, while the loop is busy
        }
        go.countDown();
        for (RawWebSocket client : clients) {
            client.readUntil("42[\"news\"," + (BATCH - 1) + "]");
        }
        assertThat(flushes.get()).isEqualTo(CLIENTS);
        assertThat(writes.get()).isEqualTo(CLIENTS);
    }
}
