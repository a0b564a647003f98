package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import java.util.List;

/**
 * Writes whole responses as bytes. Head and body leave in one buffer, unless the body is large. One for each loop, for its thread
 * only.
 */
final class ResponseWriter {

    /** Larger bodies are not copied. */
    private static final int LARGE_BODY = 16 * 1024;

    private static final int ROOM = 16 * 1024;
    private static final int RESET_CONTENT = 205;

    private static final FastThreadLocal<ResponseWriter> CURRENT = new FastThreadLocal<>() {
        @Override
        protected ResponseWriter initialValue() {
            return new ResponseWriter();
        }
    };

    private final LoopBuffer buffer = new LoopBuffer(ROOM);
    private byte[] head = new byte[1024];
    private int length;

    private ResponseWriter() {}

    /** The one of the calling thread. */
    static ResponseWriter current() {
        return CURRENT.get();
    }

    /**
     * A response on the wire.
     *
     * @param headOnly whether the request was a {@code HEAD}
     */
    ByteBuf write(
            ByteBufAllocator allocator,
            HostResponse response,
            String date,
            boolean headOnly,
            boolean http10,
            boolean close) {
        int status = response.status();
        boolean mayHaveBody = RawResponse.mayHaveBody(status);
        byte[] body = response.body();
        int bodyLength = status == RESET_CONTENT ? 0 : body.length;
        length = 0;
        text("HTTP/1.1 ");
        number(status);
        text(" ");
        text(HttpResponseStatus.valueOf(status).reasonPhrase());
        text("\r\n");
        List<Header> headers = response.headers();
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.get(i);
            if (!RawResponse.ownedByHost(header.name())) {
                line(header.name(), header.value());
            }
        }
        if (mayHaveBody) {
            text("content-length: ");
            number(bodyLength);
            text("\r\n");
        }
        line("date", date);
        if (close) {
            line("connection", "close");
        } else if (http10) {
            line("connection", "keep-alive");
        }
        text("\r\n");
        int sent = headOnly || !mayHaveBody ? 0 : bodyLength;
        if (sent > LARGE_BODY) {
            return Unpooled.wrappedBuffer(
                    allocator.ioBuffer(length).writeBytes(head, 0, length), Unpooled.wrappedBuffer(body));
        }
        return buffer.take(allocator, length + sent).writeBytes(head, 0, length).writeBytes(body, 0, sent);
    }

    private void line(String name, String value) {
        text(name);
        text(": ");
        text(value);
        text("\r\n");
    }

    private void number(int number) {
        if (number >= 10) {
            number(number / 10);
        }
        room(1);
        head[length++] = (byte) ('0' + number % 10);
    }

    private void text(String text) {
        int count = text.length();
        room(count);
        byte[] to = head;
        int at = length;
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            to[at + i] = (byte) (c > 0xff ? '?' : c); // not its low byte, which may be a line end
        }
        length = at + count;
    }

    private void room(int more) {
        if (length + more > head.length) {
            head = Arrays.copyOf(head, Math.max(length + more, 2 * head.length));
        }
    }
}
