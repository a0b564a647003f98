package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/**
 * The end of an HTTP/1.1 connection or an HTTP/2 stream whose client may still send something that is not needed. It is read and discarded, because a client whose
 * connection is reset may not receive the response. It ends when the client sends nothing for a while, or too much. Used on the loop only.
 */
final class Linger {

    /** How often the connection is checked for new bytes, and how many times at most. */
    static final Duration CHECK = Duration.ofSeconds(2);

    static final int MOST_CHECKS = 15;

    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final NettyLoop loop;
    private final Runnable close;
    private int bytes;

    Linger(NettyLoop loop, Runnable close) {
        this.loop = loop;
        this.close = close;
    }

    /** The response was sent. */
    void responseSent() {
        check(MOST_CHECKS, bytes);
    }

    private void check(int times, int before) {
        var unused = loop.schedule(
                () -> {
                    if (times == 1 || bytes == before) {
                        close.run();
                    } else {
                        check(times - 1, bytes);
                    }
                },
                CHECK);
    }

    /** Discards something that was received. */
    void discard(Object msg) {
        if (msg instanceof ByteBuf received) {
            bytes += received.readableBytes();
        } else if (msg instanceof HttpContent content) {
            bytes += content.content().readableBytes();
        }
        ReferenceCountUtil.release(msg);
        if (bytes > MOST_BYTES) {
            close.run();
        }
    }
}
