package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    private static final byte[] OK = bytes("HTTP/1.1 200 OK\r\n");
    private static final byte[] LENGTH = bytes("content-length: ");
    private static final byte[] LINE_END = bytes("\r\n");
    private static final int MOST_LINES = 8;

    private final LoopBuffer buffer = LoopBuffer.replaced(ROOM);
    /** Headers that are the same object in many responses, and their lines. */
    private final @Nullable Header[] repeated = new Header[MOST_LINES];

    private final byte[][] lines = new byte[MOST_LINES][];
    private int lineCount;
    /** The last headers without a line here. */
    private @Nullable Header unknown;

    private @Nullable Header unknownBefore;
    private @Nullable String date;
    private byte[] dateLine = {};
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
            String now,
            boolean headOnly,
            boolean http10,
            boolean close) {
        int status = response.status();
        boolean mayHaveBody = RawResponse.mayHaveBody(status);
        byte[] body = response.body();
        int bodyLength = status == RESET_CONTENT ? 0 : body.length;
        length = 0;
        if (status == 200) {
            copy(OK);
        } else {
            text("HTTP/1.1 ");
            number(status);
            text(" ");
            text(HttpResponseStatus.valueOf(status).reasonPhrase());
            copy(LINE_END);
        }
        List<Header> headers = response.headers();
        for (int i = 0; i < headers.size(); i++) {
            line(headers.get(i));
        }
        if (mayHaveBody) {
            copy(LENGTH);
            number(bodyLength);
            copy(LINE_END);
        }
        date(now);
        if (close) {
            line("connection", "close");
        } else if (http10) {
            line("connection", "keep-alive");
        }
        copy(LINE_END);
        int sent = headOnly || !mayHaveBody ? 0 : bodyLength;
        if (sent > LARGE_BODY) {
            return Unpooled.wrappedBuffer(
                    allocator.ioBuffer(length).writeBytes(head, 0, length), Unpooled.wrappedBuffer(body));
        }
        return buffer.take(allocator, length + sent).writeBytes(head, 0, length).writeBytes(body, 0, sent);
    }

    /** Adds the line of a header. A header that comes again and again, as the same object, is encoded once. */
    @SuppressWarnings("ReferenceEquality")
    private void line(Header header) {
        for (int i = 0; i < lineCount; i++) {
            if (repeated[i] == header) {
                copy(lines[i]);
                return;
            }
        }
        if (RawResponse.ownedByHost(header.name())) {
            return;
        }
        int from = length;
        line(header.name(), header.value());
        if (lineCount < MOST_LINES && (header == unknown || header == unknownBefore)) {
            repeated[lineCount] = header;
            lines[lineCount] = Arrays.copyOfRange(head, from, length);
            lineCount++;
        } else {
            unknownBefore = unknown;
            unknown = header;
        }
    }

    /** Adds the date, which is the same string for a second. */
    @SuppressWarnings("ReferenceEquality")
    private void date(String now) {
        if (now == date) {
            copy(dateLine);
        } else {
            int from = length;
            line("date", now);
            date = now;
            dateLine = Arrays.copyOfRange(head, from, length);
        }
    }

    private void line(String name, String value) {
        text(name);
        text(": ");
        text(value);
        copy(LINE_END);
    }

    private void copy(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, head, length, bytes.length);
        length += bytes.length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
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
