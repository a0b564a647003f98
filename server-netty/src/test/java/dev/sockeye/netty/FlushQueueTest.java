package dev.sockeye.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The flush queue of a loop on the test's thread. */
class FlushQueueTest {
    private final EmbeddedChannel first = channel();
    private final NettyLoop loop = NettyLoop.of(first.eventLoop());
    private final List<EmbeddedChannel> channels = new ArrayList<>(List.of(first, channel(), channel()));
    private final List<Socket> sockets =
            channels.stream().map(channel -> new Socket(channel, loop)).toList();

    private static EmbeddedChannel channel() {
        return new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    }

    /** A channel whose peer does not read while it is slow. */
    private static final class SlowChannel extends EmbeddedChannel {
        private boolean slow = true;

        SlowChannel() {
            super(new ChannelInboundHandlerAdapter());
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer buffer) throws Exception {
            if (!slow) {
                super.doWrite(buffer);
            }
        }
    }

    @AfterEach
    void end() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    /** A socket whose flush can fail. */
    private static final class Socket extends FrameWriter {
        private @Nullable Error failure;
        private @Nullable Error drainFailure;
        private @Nullable Throwable caught;

        Socket(EmbeddedChannel channel, NettyLoop loop) {
            super(loop, 1000, false);
            var unused = new ChannelWire(this, channel.pipeline().firstContext());
        }

        @Override
        boolean isClosing() {
            return false;
        }

        @Override
        void onInactive() {}

        @Override
        void onSent() {
            Error thrown = failure;
            failure = null;
            if (thrown != null) {
                throw thrown;
            }
        }

        @Override
        void onError(Throwable cause) {
            caught = cause;
        }

        @Override
        void onQueueEmpty() {
            if (drainFailure != null) {
                throw drainFailure;
            }
        }

        @Override
        void onMessage(boolean binary, byte[] data) {}

        @Override
        byte @Nullable [] inflate(byte[] data, int length, int maxMessageSize) {
            return null;
        }

        @Override
        boolean compressionNegotiated() {
            return false;
        }

        @Override
        boolean receiving(long change) {
            return true;
        }

        @Override
        void onControl(int opcode, byte[] payload) {}

        @Override
        void fail(int code, String why) {}
    }

    private void sendToAll(boolean broadcast, String text) {
        byte[] payload = text.getBytes(UTF_8);
        if (broadcast) {
            loop.repeated(payload);
        }
        for (Socket socket : sockets) {
            socket.sendMessage(false, '4', broadcast ? payload : payload.clone());
        }
        first.runPendingTasks();
    }

    private static String written(EmbeddedChannel channel) {
        StringBuilder all = new StringBuilder();
        for (ByteBuf frame = channel.readOutbound(); frame != null; frame = channel.readOutbound()) {
            if (frame.isReadable()) {
                all.append(frame.toString(frame.readerIndex() + 2, frame.readableBytes() - 2, UTF_8));
            }
            frame.release();
        }
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFlushThatFailsDoesNotPreventTheOthers(boolean broadcast) {
        Error failure = new LinkageError("thrown by the test");
        sockets.get(0).failure = failure;
        sendToAll(broadcast, "a");
        assertThat(written(channels.get(1))).isEqualTo("4a");
        assertThat(written(channels.get(2))).isEqualTo("4a");
        assertThat(sockets.get(0).caught).as("the socket that failed is closed").isSameAs(failure);
        sendToAll(broadcast, "b");
        assertThat(written(channels.get(1))).isEqualTo("4b");
        assertThat(written(channels.get(2))).isEqualTo("4b");
    }

    @Test
    void anErrorAfterTheQueueWasWrittenClosesTheSocket() {
        SlowChannel channel = new SlowChannel();
        Socket socket = new Socket(channel, loop);
        socket.sendMessage(false, '4', new byte[] {'a'});
        first.runPendingTasks();
        socket.drainFailure = new LinkageError("thrown by the test");
        channel.slow = false;
        channel.flush();
        assertThat(written(channel)).isEqualTo("4a");
        assertThat(socket.caught).isSameAs(socket.drainFailure);
        channel.finishAndReleaseAll();
    }
}
