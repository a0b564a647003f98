package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.ConnectionError;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.verification.host.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** An engine without Socket.IO on a real port that echoes, and remembers what happened. */
final class EchoEngine implements AutoCloseable {

    /** The end of a session. */
    record Ended(String reason, Object description) {}

    private final EngineServer engine;
    private final EngineHost host;
    private final BlockingQueue<EngineSocket> connections = new LinkedBlockingQueue<>();
    private final BlockingQueue<ConnectionError> errors = new LinkedBlockingQueue<>();
    private final BlockingQueue<Ended> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();

    private EchoEngine(Host host, EngineServer engine) throws IOException {
        this.engine = engine;
        engine.onConnectionError(errors::add);
        engine.onConnection(socket -> {
            socket.listen(new Echo(socket));
            connections.add(socket);
        });
        this.host = host.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), engine);
    }

    static EchoEngine start(Host host, UnaryOperator<EngineOptions.Builder> options) {
        try {
            EngineOptions.Builder builder = EngineOptions.builder().path("/engine.io");
            return new EchoEngine(host, new EngineServer(options.apply(builder).build()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    EngineServer engine() {
        return engine;
    }

    int port() {
        return host.address().getPort();
    }

    Wire wire() {
        return new Wire(port(), "/engine.io/");
    }

    private static <T> T take(BlockingQueue<T> queue) {
        try {
            T value = queue.poll(Wire.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(value).isNotNull();
            return value;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next refused request. */
    ConnectionError error() {
        return take(errors);
    }

    /** The next new session. */
    EngineSocket connection() {
        return take(connections);
    }

    /** The next end of a session. */
    Ended ended() {
        return take(ends);
    }

    /** The next message of a client: a text or bytes. */
    Object message() {
        return take(messages);
    }

    boolean noMessage() {
        return messages.isEmpty();
    }

    @Override
    public void close() {
        engine.close();
        host.close();
    }

    private final class Echo implements EngineSocketListener {
        private final EngineSocket socket;

        Echo(EngineSocket socket) {
            this.socket = socket;
        }

        @Override
        public void onText(byte[] buffer, int offset, int length) {
            Message message = Message.text(Arrays.copyOfRange(buffer, offset, offset + length));
            messages.add(message.text());
            socket.send(List.of(message), true, null);
        }

        @Override
        public void onBinary(byte[] data) {
            messages.add(data);
            socket.send(List.of(Message.binary(data)), true, null);
        }

        @Override
        public void onClose(CloseReason reason, Object description) {
            ends.add(new Ended(reason.text(), description));
        }
    }
}
