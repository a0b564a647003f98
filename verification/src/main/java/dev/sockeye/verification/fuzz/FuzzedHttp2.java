package dev.sockeye.verification.fuzz;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.socketio.server.SocketIoServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.ReferenceCountUtil;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory HTTP/2 connection to a complete server. The input is a list of frames: type, flags, stream, length (two
 * bytes) and payload. The payload of HEADERS is text with a {@code name value} in each line, because random bytes would
 * seldom be valid HPACK.
 */
final class FuzzedHttp2 {
    private static final int HEAD = 5;
    private static final SocketIoServer IO = FuzzedConnection.server();

    /** Netty takes a connection for that of a client, unless its parent is a server. */
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new LocalServerChannel(), DefaultChannelId.newInstance(), true, false);

    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();
    private final FuzzedConnection.Uncaught uncaught = new FuzzedConnection.Uncaught();

    private FuzzedHttp2() {}

    static void feed(byte[] input) {
        new FuzzedHttp2().run(input);
    }

    private void run(byte[] input) {
        channel.config().setAllocator(PooledByteBufAllocator.DEFAULT); // that of the host
        try {
            install(channel.pipeline(), IO.hostedEngine());
            channel.pipeline().addLast(uncaught);
            write(Http2CodecUtil.connectionPrefaceBuf().retainedDuplicate());
            write(frame(Http2FrameTypes.SETTINGS, 0, 0, Unpooled.EMPTY_BUFFER));
            for (int at = 0; at + HEAD <= input.length && channel.isOpen(); ) {
                int length = Math.min((input[at + 3] & 0xff) << 8 | (input[at + 4] & 0xff), input.length - at - HEAD);
                ByteBuf payload = Unpooled.wrappedBuffer(input, at + HEAD, length);
                write(frame(
                        input[at],
                        input[at + 1],
                        input[at + 2],
                        input[at] == Http2FrameTypes.HEADERS ? headers(payload) : payload));
                at += HEAD + length;
            }
        } finally {
            channel.finishAndReleaseAll();
            for (EngineSocket session : new ArrayList<>(IO.engine().clients())) {
                session.closeNow(CloseReason.FORCED_CLOSE, null);
            }
            channel.runPendingTasks();
            channel.releaseOutbound(); // what the tasks have written
            hpack.close();
        }
        uncaught.check();
        if (IO.engine().clientsCount() != 0) {
            throw new IllegalStateException("a session was not removed");
        }
    }

    /** Installs what ALPN installs. It is not public, so reflection is used. */
    private static void install(ChannelPipeline pipeline, HostedEngine engine) {
        try {
            Class<?> type = Class.forName("dev.sockeye.netty.Http2Connection");
            Constructor<?> made = type.getDeclaredConstructor(
                    HostedEngine.class, NettyHostOptions.class, SocketAddress.class, SSLSession.class);
            made.setAccessible(true);
            Method install = type.getDeclaredMethod("install", ChannelPipeline.class, type);
            install.setAccessible(true);
            @Nullable SSLSession none = null;
            install.invoke(
                    null,
                    pipeline,
                    made.newInstance(
                            engine,
                            NettyHostOptions.builder().build(),
                            InetSocketAddress.createUnresolved("client", 1),
                            none));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteBuf frame(int type, int flags, int stream, ByteBuf payload) {
        return Unpooled.wrappedBuffer(
                Unpooled.buffer(Http2CodecUtil.FRAME_HEADER_LENGTH)
                        .writeMedium(payload.readableBytes())
                        .writeByte(type)
                        .writeByte(flags)
                        .writeInt(stream & 0xff),
                payload);
    }

    private ByteBuf headers(ByteBuf text) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (String line : text.toString(StandardCharsets.ISO_8859_1).lines().toList()) {
            int space = line.indexOf(' ');
            if (space > 0) {
                headers.add(line.substring(0, space), line.substring(space + 1));
            }
        }
        ByteBuf block = Unpooled.buffer();
        try {
            hpack.encodeHeaders(3, headers, block);
        } catch (Http2Exception e) {
            return text; // as it is
        }
        return block;
    }

    private void write(ByteBuf bytes) {
        channel.writeInbound(bytes);
        channel.runPendingTasks();
        channel.checkException();
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
    }
}
