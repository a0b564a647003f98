package dev.sockeye.verification.fuzz;

import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.util.ReferenceCountUtil;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The WebSocket of a client whose server sends the input. It is not public, so reflection is used. */
final class FuzzedClient implements MessageConnection.Listener {
    private static final String TYPE = "dev.sockeye.socketio.client.netty.NettyWebSocket";
    private static final int MAX_MESSAGE = 10_000;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private int opened;
    private int ended;

    private FuzzedClient() {}

    static void webSocket(byte[] input) {
        if (input.length == 0) {
            return;
        }
        try {
            new FuzzedClient().run(input);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(byte[] input) throws ReflectiveOperationException {
        boolean deflate = (input[0] & 1) != 0;
        boolean answered = (input[0] & 2) != 0;
        int cut = 1 + (input[0] >> 2 & 0x3f);
        String key = handshake(deflate);
        if (answered) {
            String answer = "HTTP/1.1 101 a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + accept(key) + (deflate ? "\r\nSec-WebSocket-Extensions: permessage-deflate" : "") + "\r\n\r\n";
            write(answer.getBytes(StandardCharsets.ISO_8859_1), 0, answer.length());
        }
        for (int from = 1; from < input.length && channel.isOpen(); from += cut) {
            write(input, from, Math.min(cut, input.length - from));
        }
        channel.finishAndReleaseAll();
        if (answered && opened != 1) {
            throw new IllegalStateException("opened " + opened + " times");
        }
        if (ended != 1) {
            throw new IllegalStateException("the listener was notified of the end " + ended + " times");
        }
    }

    /** Sends the request for the upgrade, and returns its key. */
    private String handshake(boolean deflate) throws ReflectiveOperationException {
        Class<?> type = Class.forName(TYPE);
        Constructor<?> made = type.getDeclaredConstructor(
                Class.forName("dev.sockeye.socketio.client.netty.Connector"),
                NetworkOptions.class,
                MessageConnection.Listener.class);
        made.setAccessible(true);
        NetworkOptions options = new NetworkOptions(
                new ServerAddress(false, "localhost", 80),
                null,
                TlsOptions.defaults(),
                deflate,
                0,
                MAX_MESSAGE,
                List.of());
        @Nullable Object connector = null;
        Object socket = made.newInstance(connector, options, this);
        Method init = type.getDeclaredMethod("init", ChannelPipeline.class, String.class, Map.class);
        init.setAccessible(true);
        init.invoke(socket, channel.pipeline(), "/socket.io/?EIO=4&transport=websocket", Map.of());
        Field field = type.getDeclaredField("channel");
        field.setAccessible(true);
        field.set(socket, channel);
        ChannelHandler handler = channel.pipeline().last();
        Field handshaker = handler.getClass().getDeclaredField("handshaker");
        handshaker.setAccessible(true);
        var unused = ((WebSocketClientHandshaker) handshaker.get(handler)).handshake((Channel) channel);
        channel.runPendingTasks();
        String request = "";
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            request += ((ByteBuf) out).toString(StandardCharsets.ISO_8859_1);
            ReferenceCountUtil.release(out);
        }
        for (String line : request.lines().toList()) {
            if (line.regionMatches(true, 0, "sec-websocket-key: ", 0, 19)) {
                return line.substring(19);
            }
        }
        throw new IllegalStateException("no key in " + request);
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(byte[] bytes, int from, int length) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, from, length));
        channel.runPendingTasks();
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
    }

    private void end() {
        ended++;
    }

    @Override
    public void onOpen(List<String> cookies) {
        opened++;
    }

    @Override
    public void onText(byte[] data) {
        message(data);
    }

    @Override
    public void onBinary(byte[] data) {
        message(data);
    }

    private void message(byte[] data) {
        if (opened != 1 || ended != 0) {
            throw new IllegalStateException("a message after the end");
        }
        if (data.length > MAX_MESSAGE) {
            throw new IllegalStateException("a message of " + data.length + " bytes");
        }
    }

    @Override
    public void onFlushed() {}

    @Override
    public void onRefused(int status, String body, List<String> cookies) {
        end();
    }

    @Override
    public void onFailed(Throwable cause) {
        end();
    }

    @Override
    public void onClosed(int code, String reason) {
        end();
    }
}
