package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A WebSocket without a network")
class NettyWebSocketTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EchoEngine engine = new EchoEngine();

    private NettyWebSocket open(MessageListener listener) {
        NettyWebSocket socket = new NettyWebSocket(
                NettyLoop.of(channel.eventLoop()), NettyHostOptions.defaults(), engine, 1000, null, false, listener);
        socket.connect(new Stalled(socket));
        socket.open("", null);
        return socket;
    }

    /** A connection whose client does not read until {@link #readAll}. */
    private static final class Stalled implements Wire {
        private final FrameWriter owner;
        private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
        private boolean reading;
        private boolean drainAwaited;
        final ByteArrayOutputStream received = new ByteArrayOutputStream();

        Stalled(FrameWriter owner) {
            this.owner = owner;
        }

        /** The first buffer. */
        void readSome() {
            ByteBuf first = queue.remove();
            received.writeBytes(ByteBufUtil.getBytes(first));
            first.release();
        }

        void readAll() {
            reading = true;
            flush();
        }

        @Override
        public ByteBuf allocate(int capacity) {
            return Unpooled.buffer(capacity);
        }

        @Override
        public Boolean isQueueEmpty() {
            return queue.isEmpty();
        }

        @Override
        public long pendingBytes(int unflushedWrites, int unflushedBytes, boolean queued) {
            return queue.stream().mapToLong(ByteBuf::readableBytes).sum();
        }

        @Override
        public void write(ByteBuf frame) {
            queue.add(frame);
        }

        @Override
        public boolean writeLast(ByteBuf frame) {
            return false;
        }

        @Override
        public void flush() {
            if (reading) {
                for (ByteBuf next = queue.poll(); next != null; next = queue.poll()) {
                    received.writeBytes(ByteBufUtil.getBytes(next));
                    next.release();
                }
                if (drainAwaited) {
                    drainAwaited = false;
                    owner.drained();
                }
            }
        }

        @Override
        public void awaitDrain() {
            drainAwaited = true;
            flush();
        }

        @Override
        public void onDrained() {}

        @Override
        public void autoRead(boolean on) {}

        @Override
        public void closeWhenWritten() {}

        @Override
        public void shutdownWhenWritten() {}

        @Override
        public void abort() {}
    }

    @Test
    void answersTheLatestPingOfAClientThatReadsAgain() {
        NettyWebSocket socket = open(engine.new Echo());
        int ping = 0;
        while (ping < 3000) {
            for (int i = 0; i < 90; i++) { // what one read brings
                byte[] frame = Frames.masked(
                        0x89, ByteBuffer.allocate(125).putInt(++ping).array(), 5);
                socket.decode(Unpooled.wrappedBuffer(frame));
            }
            socket.readComplete();
        }
        assertThat(socket.pendingBytes()).as("all pongs wait").isBetween(64_000L, 100_000L);
        Stalled wire = (Stalled) socket.wire();
        wire.readAll();
        channel.runPendingTasks();
        ByteBuffer received = ByteBuffer.wrap(wire.received.toByteArray());
        assertThat(received.getInt(received.limit() - 125)).isEqualTo(ping);
        socket.onInactive();
        channel.finishAndReleaseAll();
    }

    @Test
    void sendsNoPongForAPingThatIsOlderThanTheLastOne() {
        NettyWebSocket socket = open(engine.new Echo());
        socket.send(true, MessageConnection.NO_PREFIX, new byte[70_000], false);
        socket.flush();
        socket.decode(Unpooled.wrappedBuffer(Frames.masked(0x89, new byte[] {1}, 5)));
        Stalled wire = (Stalled) socket.wire();
        wire.readSome();
        socket.decode(Unpooled.wrappedBuffer(Frames.masked(0x89, new byte[] {2}, 5)));
        wire.readAll();
        channel.runPendingTasks();
        byte[] received = wire.received.toByteArray();
        assertThat(received.length).isEqualTo(10 + 70_000 + 3);
        assertThat(received).endsWith(0x8a, 1, 2);
        socket.onInactive();
        channel.finishAndReleaseAll();
    }

    @Test
    void deliversNothingAfterAnAbort() {
        List<String> seen = new ArrayList<>();
        NettyWebSocket[] aborted = new NettyWebSocket[1];
        NettyWebSocket socket = open(new MessageListener() {
            @Override
            public void onOpen(MessageConnection opened) {}

            @Override
            public void onText(byte[] utf8) {
                seen.add("text");
                aborted[0].abort();
            }

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onDrained() {}

            @Override
            public void onClose(int code, @Nullable Throwable error) {
                seen.add("close " + code);
            }
        });
        aborted[0] = socket;
        byte[] frame = Frames.masked(0x81, new byte[] {'a'}, 5);
        socket.decode(Unpooled.wrappedBuffer(frame, frame, new byte[] {(byte) 0xff, 0, 0, 0, 0, 0}));
        socket.onInactive();
        assertThat(seen).containsExactly("text", "close 1006");
        channel.finishAndReleaseAll();
    }
}
