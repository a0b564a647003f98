package dev.sockeye.webtransport;

import dev.sockeye.netty.NettyIo;
import dev.sockeye.netty.WebTransportProvider.Endpoint;
import dev.sockeye.netty.WebTransportProvider.Setup;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The UDP sockets of a host, one for each event loop if the operating system can share a port between them, and their connections. */
final class QuicEndpoint implements Endpoint {
    /** The maximum accepted UDP payload; no path on the Internet supports more without fragmentation. */
    private static final int MAX_RECEIVED_DATAGRAM = 1500;
    /** The maximum UDP payload sent; almost every path supports it. */
    private static final int MAX_SENT_DATAGRAM = 1350;
    /** How many bytes a client may send on one stream, and on all of them, before any is read. Both windows grow as bytes are read. */
    private static final int STREAM_WINDOW = 128 * 1024;

    private static final int CONNECTION_WINDOW = 256 * 1024;
    private static final int MAX_LOOPS = 256;
    /** How many addresses a client may have during a connection; beyond, its packets are lost and it has to connect again. */
    private static final int MAX_PATHS = 32;

    private final Channel[] sockets;
    private final Connections connections;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private boolean closing;

    private QuicEndpoint(Channel[] sockets, Connections connections) {
        this.sockets = sockets;
        this.connections = connections;
    }

    static QuicEndpoint listen(Setup setup) throws IOException {
        List<EventLoop> loops = new ArrayList<>();
        for (EventExecutor executor : setup.group()) {
            if (executor instanceof EventLoop loop && loops.size() < MAX_LOOPS) {
                loops.add(loop);
            }
        }
        int count = sharesPorts(setup.io()) ? loops.size() : 1;
        Channel[] sockets = new Channel[count];
        Connections connections = new Connections(setup);
        ReloadableTls tls = new ReloadableTls(setup.certificates());
        byte[] key = AddressTokens.newKey();
        for (int i = 0; i < count; i++) {
            ChannelHandler codec = codec(connections, tls, key, i);
            ChannelFuture bound = bootstrap(setup.io(), count > 1)
                    .group(loops.get(i))
                    .handler(pipeline(sockets, i, codec))
                    .bind(setup.address())
                    .awaitUninterruptibly();
            if (!bound.isSuccess()) {
                for (Channel socket : sockets) {
                    if (socket != null) {
                        socket.close().awaitUninterruptibly();
                    }
                }
                throw failure(setup.address(), bound.cause());
            }
            sockets[i] = bound.channel();
        }
        return new QuicEndpoint(sockets, connections);
    }

    private static IOException failure(InetSocketAddress address, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        return new IOException(
                "cannot listen on UDP " + address.getHostString() + ":" + address.getPort() + " for WebTransport: "
                        + (reason.contains("in use") ? "the address is already in use" : reason),
                cause);
    }

    private static ChannelHandler pipeline(Channel[] sockets, int index, ChannelHandler codec) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel socket) {
                if (sockets.length > 1) {
                    socket.pipeline().addLast(new PacketRouter(sockets, index));
                }
                socket.pipeline().addLast(codec);
            }
        };
    }

    private static ChannelHandler codec(Connections connections, ReloadableTls tls, byte[] key, int index) {
        return Http3.newQuicServerCodecBuilder()
                .sslEngineProvider(tls)
                .tokenHandler(new AddressTokens(key, System::currentTimeMillis))
                .connectionIdAddressGenerator(new LoopConnectionIds(index))
                .localConnectionIdLength(LoopConnectionIds.LENGTH)
                .maxRecvUdpPayloadSize(MAX_RECEIVED_DATAGRAM)
                .maxSendUdpPayloadSize(MAX_SENT_DATAGRAM)
                .initialMaxData(CONNECTION_WINDOW)
                .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
                .initialMaxStreamDataUnidirectional(16 * 1024)
                .initialMaxStreamsBidirectional(4 * Connections.MAX_SESSIONS)
                .initialMaxStreamsUnidirectional(8)
                .datagram(4, 4) // announced because browsers require it; datagrams are dropped
                .activeMigration(true)
                .activeConnectionIdLimit(MAX_PATHS)
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel channel) {
                        connections.add(channel);
                    }
                })
                .build();
    }

    private static boolean sharesPorts(NettyIo io) {
        if (io == NettyIo.EPOLL || io == NettyIo.IO_URING) {
            return true;
        }
        try (var probe = SelectorProvider.provider().openDatagramChannel()) {
            return System.getProperty("os.name", "").equals("Linux")
                    && probe.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
        } catch (IOException e) {
            return false;
        }
    }

    private static Bootstrap bootstrap(NettyIo io, boolean shared) {
        Class<? extends DatagramChannel> type = switch (io) {
            case EPOLL -> EpollDatagramChannel.class;
            case IO_URING -> IoUringDatagramChannel.class;
            default -> NioDatagramChannel.class;
        };
        Bootstrap bootstrap = new Bootstrap()
                .channel(type)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_RECEIVED_DATAGRAM));
        if (shared && type == NioDatagramChannel.class) {
            bootstrap.option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        } else if (shared) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        }
        return bootstrap;
    }

    @Override
    public CompletableFuture<Void> close() {
        synchronized (this) {
            if (closing) {
                return closed.copy();
            }
            closing = true;
        }
        var unused = connections.close().whenComplete((v, e) -> closeSockets());
        return closed.copy();
    }

    private void closeSockets() {
        CompletableFuture<?>[] all = new CompletableFuture<?>[sockets.length];
        for (int i = 0; i < sockets.length; i++) {
            all[i] = close(sockets[i]);
        }
        var unused = CompletableFuture.allOf(all).whenComplete((v, e) -> closed.complete(null));
    }

    private static CompletableFuture<Void> close(Channel socket) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        EventLoop loop = socket.eventLoop();
        if (loop.isShuttingDown()) {
            // it closes its sockets itself, and calls no listeners after that
            var unused = loop.terminationFuture().addListener(f -> done.complete(null));
            return done;
        }
        try {
            loop.execute(() -> {
                // the last packets of the connections are only flushed in the socket's turn. A loop that ends cancels
                // the
                // task, which must not be waited for
                var unused = loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).addListener(f -> {
                    var unusedClose = socket.close().addListener(g -> done.complete(null));
                });
            });
        } catch (RejectedExecutionException e) {
            done.complete(null); // the loop has ended
        }
        return done;
    }
}
