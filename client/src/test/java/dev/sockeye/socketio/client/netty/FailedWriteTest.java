package dev.sockeye.socketio.client.netty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A WebSocket message that cannot be written")
@Timeout(60)
class FailedWriteTest {
    private final NettyClientTransport threads = NettyClientTransport.create();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        threads.closeAsync().get(20, TimeUnit.SECONDS);
    }

    /** As if there were no memory for the first message; there is for those after it. */
    private static final class First extends ChannelOutboundHandlerAdapter {
        private boolean failed;

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            if (failed) {
                ctx.write(msg, promise);
            } else {
                failed = true;
                ReferenceCountUtil.release(msg);
                promise.setFailure(new OutOfMemoryError("no memory"));
            }
        }
    }

    private final class Recorder implements MessageConnection.Listener {
        private final CompletableFuture<Void> open;

        Recorder(CompletableFuture<Void> open) {
            this.open = open;
        }

        @Override
        public void onOpen(List<String> cookies) {
            open.complete(null);
        }

        @Override
        public void onText(byte[] data) {}

        @Override
        public void onBinary(byte[] data) {}

        @Override
        public void onFlushed() {
            told.add("flushed");
        }

        @Override
        public void onRefused(int status, String body, List<String> cookies) {
            told.add("refused");
        }

        @Override
        public void onFailed(Throwable cause) {
            told.add("failed: " + cause.getMessage());
        }

        @Override
        public void onClosed(int code, String reason) {
            told.add("closed " + code);
        }
    }

    private static void accept(Socket peer) throws Exception {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = peer.getInputStream().read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        String key = head.toString()
                .lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-key:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
        byte[] hash = MessageDigest.getInstance("SHA-1")
                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
        peer.getOutputStream()
                .write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n")
                        .getBytes(ISO_8859_1));
    }

    /** Otherwise it would be missing between the others, without notice. */
    @Test
    void endsTheConnection() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            NettyWebSocket socket = open(server);
            try (Socket peer = server.accept()) {
                peer.setSoTimeout(10_000);
                accept(peer);
                opened.get(10, TimeUnit.SECONDS);
                loop.execute(() -> {
                    channels.remove().pipeline().addFirst(new First());
                    socket.send(false, MessageConnection.NO_PREFIX, "one".getBytes(ISO_8859_1), true);
                    socket.send(false, MessageConnection.NO_PREFIX, "two".getBytes(ISO_8859_1), true);
                    socket.flush();
                });
                assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("failed: no memory");
                peer.getInputStream().readAllBytes(); // up to the end
                assertThat(told).isEmpty();
            }
        }
    }

    private final EventLoop loop = ((NettyLoop) threads.nextLoop()).loop();
    private final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();

    private NettyWebSocket open(ServerSocket server) throws IOException {
        NetworkOptions options = new NetworkOptions(
                new ServerAddress(false, "localhost", server.getLocalPort()),
                null,
                TlsOptions.defaults(),
                true,
                1024,
                1 << 20,
                List.of());
        InetAddress[] addresses = {server.getInetAddress()};
        Connector connector = new Connector(
                loop,
                Runnable::run,
                name -> addresses,
                threads.channelType(),
                channels::add,
                options,
                null,
                new TlsContexts());
        NettyWebSocket socket = new NettyWebSocket(connector, options, new Recorder(opened));
        loop.execute(() -> socket.open("/", Map.of("host", "localhost")));
        return socket;
    }
}
