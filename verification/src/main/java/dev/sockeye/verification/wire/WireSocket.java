package dev.sockeye.verification.wire;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One WebSocket, frame by frame. */
public final class WireSocket implements AutoCloseable {

    /** A received message: text, bytes, or the close with its code. */
    public sealed interface Frame {
        record Text(String text) implements Frame {}

        record Binary(byte[] data) implements Frame {}

        record Closed(int code, String reason) implements Frame {}
    }

    /** The server has rejected the opening handshake. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;

        Refused(int status, Throwable cause) {
            super("refused with " + status, cause);
            this.status = status;
        }

        /** The HTTP status; 0 if the connection was closed. */
        public int status() {
            return status;
        }
    }

    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    private WireSocket(HttpClient http, URI uri, String... headers) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(Wire.PATIENCE);
        for (int i = 0; i + 1 < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        this.socket = builder.buildAsync(uri, new Listener(frames)).join();
    }

    static WireSocket open(HttpClient http, URI uri, String... headers) {
        try {
            return new WireSocket(http, uri, headers);
        } catch (CompletionException e) {
            int status = e.getCause() instanceof WebSocketHandshakeException refused
                    ? refused.getResponse().statusCode()
                    : 0;
            throw new Refused(status, e);
        }
    }

    /** The next frame; fails after a timeout. */
    public Frame next() {
        try {
            Frame frame = frames.poll(Wire.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (frame == null) {
                throw new IllegalStateException("no frame within " + Wire.PATIENCE);
            }
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The next text that is not a ping; pings are answered. */
    public String text() {
        while (true) {
            Frame frame = next();
            if (frame instanceof Frame.Text text) {
                if (text.text().equals("2")) {
                    send("3");
                    continue;
                }
                return text.text();
            }
            throw new IllegalStateException("not a text: " + frame);
        }
    }

    /** The next binary message; pings are answered. */
    public byte[] binary() {
        while (true) {
            Frame frame = next();
            if (frame instanceof Frame.Binary binary) {
                return binary.data();
            }
            if (frame instanceof Frame.Text text && text.text().equals("2")) {
                send("3");
                continue;
            }
            throw new IllegalStateException("not binary: " + frame);
        }
    }

    /** Skips everything up to the close; returns its code and reason. */
    public Frame.Closed closed() {
        while (true) {
            Frame frame = next();
            if (frame instanceof Frame.Closed closed) {
                return closed;
            }
        }
    }

    /** Whether there is nothing that was received and not read. */
    public boolean quiet() {
        return frames.isEmpty();
    }

    public void send(String text) {
        socket.sendText(text, true).join();
    }

    public void send(byte[] data) {
        socket.sendBinary(ByteBuffer.wrap(data), true).join();
    }

    /** Cuts the TCP connection. */
    public void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        var unused = socket.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((done, error) -> socket.abort());
    }

    private static final class Listener implements WebSocket.Listener {
        private final BlockingQueue<Frame> frames;
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        Listener(BlockingQueue<Frame> frames) {
            this.frames = frames;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                frames.add(new Frame.Text(text.toString()));
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            binary.writeBytes(part);
            if (last) {
                frames.add(new Frame.Binary(binary.toByteArray()));
                binary.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            frames.add(new Frame.Closed(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            frames.add(new Frame.Closed(1006, String.valueOf(error)));
        }
    }
}
