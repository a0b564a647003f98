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
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A broadcast to many clients of one loop is flushed in portions, between which the loop reads. The tests send a message of another
 * client from within the flush of a receiver, that is, in the middle of a portion.
 */
@DisplayName("While a broadcast is flushed")
class BroadcastFlushTest {
    private static final int RECEIVERS = 300;
    private static final String BULK = "x".repeat(1000);

    private final List<RawWebSocket> receivers = new ArrayList<>();
    private final List<Integer> flushedPorts = new CopyOnWriteArrayList<>();
    private volatile @Nullable Runnable duringFlush;
    private EventLoopGroup group;
    private Channel listening;
    private SocketIoServer io;
    private RawWebSocket other;

    private final class Recorder extends ChannelDuplexHandler {
        @Override
        public void flush(ChannelHandlerContext ctx) throws Exception {
            int port = ((InetSocketAddress) ctx.channel().remoteAddress()).getPort();
            flushedPorts.add(port);
            Runnable hook = duringFlush;
            if (hook != null && port != portOf(other)) {
                duringFlush = null;
                hook.run();
            }
            super.flush(ctx);
        }
    }

    @BeforeEach
    void start() throws Exception {
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(HandlerExecution.eventLoop())
                .build());
        io.onConnection(socket -> {
            socket.on("join", (args, ack) -> {
                socket.join("receivers");
                ack.send();
            });
            socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
            socket.on("news", (args, ack) -> io.to("receivers").emit("news", args.payload(0)));
            socket.on("position", (args, ack) -> {
                io.to("receivers").asVolatile().emit("position", 1);
                io.to("receivers").asVolatile().emit("position", 2);
                ack.send();
            });
            socket.on("bulk", (args, ack) -> {
                for (int i = 0; i < 4; i++) {
                    io.to("receivers").emit("bulk", i, BULK);
                }
                sendDuringFlush("421[\"echo\",\"late\"]");
            });
        });
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Recorder(), new HttpServerCodec());
                        channel.pipeline().addLast(new HttpObjectAggregator(1000));
                        NettyHost.attach(channel.pipeline(), io.hostedEngine());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        other = connect();
        for (int i = 0; i < RECEIVERS; i++) {
            RawWebSocket receiver = connect();
            receivers.add(receiver);
            receiver.send("420[\"join\"]");
            receiver.readUntil("430[");
        }
        group.next().submit(() -> {}).get(); // what came before is flushed
        flushedPorts.clear();
    }

    private RawWebSocket connect() throws Exception {
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        RawWebSocket client = RawWebSocket.open(port, "/socket.io/?EIO=4&transport=websocket");
        client.readUntil("0{");
        client.send("40");
        client.readUntil("40{");
        return client;
    }

    private static int portOf(RawWebSocket client) {
        return client.raw().socket().getLocalPort();
    }

    private void sendDuringFlush(String message) {
        duringFlush = () -> {
            try {
                other.send(message);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private long flushesOfReceivers() {
        return flushedPorts.stream().filter(port -> port != portOf(other)).count();
    }

    @AfterEach
    void stop() throws Exception {
        other.close();
        for (RawWebSocket client : receivers) {
            client.close();
        }
        io.closeAsync().get(5, TimeUnit.SECONDS);
        listening.close().get(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void otherClientsAreAnsweredBeforeItsLastReceivers() throws Exception {
        sendDuringFlush("420[\"echo\",\"hello\"]");
        io.to("receivers").emit("news", "first");
        other.readUntil("430[\"hello\"]");
        for (RawWebSocket receiver : receivers) {
            receiver.readUntil("42[\"news\",\"first\"]");
        }
        assertThat(flushedPorts).hasSize(RECEIVERS + 1);
        assertThat(flushedPorts.indexOf(portOf(other))).isBetween(1, RECEIVERS / 2);
    }

    @Test
    void aSecondBroadcastIsWrittenWithTheFirst() throws Exception {
        sendDuringFlush("42[\"news\",\"second\"]");
        io.to("receivers").emit("news", "first");
        for (RawWebSocket receiver : receivers) {
            assertThat(receiver.readUntil("42[\"news\"")).isEqualTo("42[\"news\",\"first\"]");
            assertThat(receiver.readUntil("42[\"news\"")).isEqualTo("42[\"news\",\"second\"]");
        }
        assertThat(flushesOfReceivers()).isBetween((long) RECEIVERS, RECEIVERS * 3L / 2);
    }

    @Test
    void volatileEventsAreNotDroppedForReceiversThatWait() throws Exception {
        sendDuringFlush("422[\"position\"]");
        io.to("receivers").emit("news", "first");
        other.readUntil("432[");
        other.send("42[\"news\",\"last\"]");
        for (RawWebSocket receiver : receivers) {
            List<String> events = new ArrayList<>();
            while (!events.contains("42[\"news\",\"last\"]")) {
                events.add(receiver.readUntil("42["));
            }
            // the second one of the same turn is dropped, as in the reference
            assertThat(events).contains("42[\"position\",1]").doesNotContain("42[\"position\",2]");
        }
    }

    @Test
    void receiversThatWaitWithMuchAreFlushedInTheSameTurn() throws Exception {
        sendDuringFlush("42[\"bulk\"]"); // whose handler sends "late" during the next flush
        io.to("receivers").emit("news", "first");
        other.readUntil("431[\"late\"]");
        for (RawWebSocket receiver : receivers) {
            receiver.readUntil("42[\"bulk\",3,");
        }
        int late = flushedPorts.indexOf(portOf(other));
        assertThat(flushedPorts.subList(0, late).stream().distinct()).hasSize(RECEIVERS);
        assertThat(flushedPorts.subList(late, flushedPorts.size())).containsOnly(portOf(other));
    }
}
