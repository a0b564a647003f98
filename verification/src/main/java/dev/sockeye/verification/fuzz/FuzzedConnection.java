package dev.sockeye.verification.fuzz;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.netty.NettyHost;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.wire.RawWebSocket;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An in-memory connection to a complete server, which runs on the calling thread. */
final class FuzzedConnection {
    private static final SocketIoServer IO = server();

    private FuzzedConnection() {}

    static SocketIoServer server() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine ->
                        engine.allowEIO3(true).maxHttpBufferSize(10_000).perMessageDeflate(true))
                .execution(HandlerExecution.eventLoop())
                .build());
        io.onConnection(socket -> socket.on("echo", (args, ack) -> {
            ack.send(args.toList().toArray());
            socket.emit("echo", args.toList().toArray());
        }));
        io.hostedEngine();
        return io;
    }

    /** Records exceptions that the pipeline did not catch. */
    static final class Uncaught extends ChannelInboundHandlerAdapter {
        private @Nullable Throwable cause;

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            cause = error;
        }

        void check() {
            if (cause != null) {
                throw new IllegalStateException("an exception reached the end of the pipeline", cause);
            }
        }
    }

    static void http(byte[] input) {
        if (input.length > 0) {
            run(List.of(), input, 1 + (input[0] & 0xff));
        }
    }

    static void webSocket(byte[] input) {
        if (input.length > 0) {
            String request = RawWebSocket.handshake("/socket.io/?EIO=4&transport=websocket");
            if ((input[0] & 1) != 0) {
                request = request.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
            }
            byte[] rest = new byte[input.length - 1];
            System.arraycopy(input, 1, rest, 0, rest.length);
            run(List.of(request.getBytes(StandardCharsets.ISO_8859_1)), rest, 1 + (input[0] >> 1 & 0x7f));
        }
    }

    private static void run(List<byte[]> before, byte[] input, int cut) {
        Uncaught uncaught = new Uncaught();
        EmbeddedChannel channel = new EmbeddedChannel(new HttpServerCodec());
        NettyHost.attach(channel.pipeline(), IO.hostedEngine());
        channel.pipeline().addLast(uncaught);
        try {
            before.forEach(bytes -> write(channel, bytes, 0, bytes.length));
            for (int from = 0; from < input.length && channel.isOpen(); from += cut) {
                write(channel, input, from, Math.min(cut, input.length - from));
            }
        } finally {
            channel.finishAndReleaseAll();
            for (EngineSocket session : new ArrayList<>(IO.engine().clients())) {
                session.closeNow(CloseReason.FORCED_CLOSE, null);
            }
            channel.runPendingTasks();
        }
        uncaught.check();
        if (IO.engine().clientsCount() != 0) {
            throw new IllegalStateException("a session was not removed");
        }
    }

    private static void write(EmbeddedChannel channel, byte[] bytes, int from, int length) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, from, length));
        channel.runPendingTasks();
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            io.netty.util.ReferenceCountUtil.release(out);
        }
    }
}
